# fails: flows-coverage-test
# Counts samples above the truth and forgets to divide by their number.
# %% solution="flows-coverage"
def coverage(log_prob_true, log_prob_samples, levels):
    above = np.sum(log_prob_samples > log_prob_true, axis=0)
    return np.mean(above[:, None] <= levels, axis=0)
