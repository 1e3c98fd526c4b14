# fails: deblending-latent-test
# The variance times the noise.
# %% solution="deblending-latent"
def latent(image, masks, prior, posterior, noise, training):
    middle, log_var = posterior(image, masks) if training else prior(image)
    return middle + tf.exp(log_var) * noise
