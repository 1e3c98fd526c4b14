# fails: deblending-latent-test
# The standard deviation by NumPy, through which no gradient passes.
# %% solution="deblending-latent"
def latent(image, masks, prior, posterior, noise, training):
    mean, log_var = posterior(image, masks) if training else prior(image)
    return mean + np.exp(np.asarray(log_var) / 2) * noise
