# fails: vae-likelihood-test
# Adds the constants after the sum: once an image, not once a pixel.
# %% solution="vae-likelihood"
def gaussian_log_prob(x, mean, sigma):
    chi2 = tf.reduce_sum(((x - mean) / sigma) ** 2, axis=[1, 2, 3])
    return -0.5 * chi2 - tf.reduce_mean(tf.math.log(sigma)) - 0.5 * np.log(2 * np.pi)
