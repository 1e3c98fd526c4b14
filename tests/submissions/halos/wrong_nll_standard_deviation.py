# fails: halos-nll-test
# fails when trained: halos-spectrum-test-2, halos-spectrum-test-3
# The number is taken for the logarithm of the standard deviation.
# %% solution="halos-nll"
def gaussian_nll(target, mean, log_var):
    off = (target - mean) ** 2 * tf.exp(-2 * log_var)
    return 0.5 * tf.reduce_mean(np.log(2 * np.pi) + 2 * log_var + off)
