# fails: deblending-latent-test
# The prior in training, too.
# %% solution="deblending-latent"
def latent(image, masks, prior, posterior, noise, training):
    middle, log_var = prior(image)
    return middle + tf.exp(0.5 * log_var) * noise
