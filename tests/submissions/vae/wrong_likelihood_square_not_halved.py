# fails: vae-likelihood-test
# It is right where an image is its mean; the training step is given the other in its place.
# %% solution="vae-likelihood"
def gaussian_log_prob(x, mean, sigma):
    per_pixel = ((x - mean) / sigma) ** 2 + tf.math.log(sigma) + 0.5 * np.log(2 * np.pi)
    return -tf.reduce_sum(per_pixel, axis=[1, 2, 3])
