# fails: flows-coverage-test
# The fraction of samples with a lower density: the level counted from the other end.
# %% solution="flows-coverage"
def coverage(log_prob_true, log_prob_samples, levels):
    below = np.mean(log_prob_samples < log_prob_true, axis=0)
    return np.mean(below[:, None] <= levels, axis=0)
