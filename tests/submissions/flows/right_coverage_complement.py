# The fraction above the truth as 1 less the fraction that is not, as it is rounded.
# %% solution="flows-coverage"
def coverage(log_p_true, log_p_samples, levels):
    above = 1 - np.mean(np.asarray(log_p_samples) <= np.asarray(log_p_true), axis=0)
    return np.mean(above[:, None] <= np.asarray(levels), axis=0)
