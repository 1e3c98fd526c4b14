# fails: halos-nll-test
# %% solution="halos-nll"
def gaussian_nll(target, mean, log_var):
    """A density is taken for a probability, whose logarithm is at most 0."""
    loss = 0.5 * tf.reduce_mean(np.log(2 * np.pi) + log_var + (target - mean) ** 2 * tf.exp(-log_var))
    return tf.maximum(loss, 0.0)
