# fails: flows-coverage-test
# Ignores the samples: the fraction of simulations whose density is among the highest.
# %% solution="flows-coverage"
def coverage(log_prob_true, log_prob_samples, levels):
    return np.array([np.mean(log_prob_true >= np.quantile(log_prob_samples, 1 - level)) for level in levels])
