# fails: deblending-latent-test
# Uses the mask wherever there is one.
# %% solution="deblending-latent"
def latent(image, masks, prior, posterior, noise, training):
    middle, log_var = prior(image) if masks is None else posterior(image, masks)
    return middle + tf.exp(0.5 * log_var) * noise
