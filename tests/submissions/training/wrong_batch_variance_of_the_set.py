# fails: training-batch-test
# The sum of squares is divided by n, not by n - 1.
# %% solution="training-batch"
def batch_mean_variance(values, size):
    return np.var(values) / size * (1 - size / len(values))
