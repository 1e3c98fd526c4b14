# fails: halos-nll-test
# fails when trained: halos-spectrum-test-2, halos-spectrum-test-3
# The squared error, as if the variance were 1.
# %% solution="halos-nll"
def gaussian_nll(target, mean, log_var):
    off = (target - mean) ** 2
    return 0.5 * tf.reduce_mean(np.log(2 * np.pi) + off + 0 * log_var)
