# fails: training-batch-test
# Variance over size, without the correction for a finite set.
# %% solution="training-batch"
def batch_mean_variance(values, size):
    return np.var(values, ddof=1) / size
