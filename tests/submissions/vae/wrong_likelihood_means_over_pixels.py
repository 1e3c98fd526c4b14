# fails: vae-likelihood-test
# The mean squared error of habit: a mean over the pixels where a sum belongs.
# %% solution="vae-likelihood"
def gaussian_log_prob(x, mean, sigma):
    terms = -0.5 * ((x - mean) / sigma) ** 2 - tf.math.log(sigma) - 0.5 * np.log(2 * np.pi)
    return tf.reduce_mean(terms, axis=[1, 2, 3])
