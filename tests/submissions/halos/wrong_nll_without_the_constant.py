# fails: halos-nll-test
# The constant is left out: the loss is no density.
# %% solution="halos-nll"
def gaussian_nll(target, mean, log_var):
    off = (target - mean) ** 2 * tf.exp(-log_var)
    return 0.5 * tf.reduce_mean(log_var + off)
