# fails: halos-nll-test
# fails when trained: halos-spectrum-test-2, halos-spectrum-test-3
# Without the logarithm of the variance, a wide law costs nothing.
# %% solution="halos-nll"
def gaussian_nll(target, mean, log_var):
    off = (target - mean) ** 2 * tf.exp(-log_var)
    return 0.5 * tf.reduce_mean(np.log(2 * np.pi) + off)
