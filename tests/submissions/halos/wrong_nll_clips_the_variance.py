# fails: halos-nll-test
# %% solution="halos-nll"
def gaussian_nll(target, mean, log_var):
    """As autoencoders do, the logarithm of the variance is kept between -30 and 20."""
    log_var = tf.clip_by_value(log_var, -30.0, 20.0)
    return 0.5 * tf.reduce_mean(np.log(2 * np.pi) + log_var + (target - mean) ** 2 * tf.exp(-log_var))
