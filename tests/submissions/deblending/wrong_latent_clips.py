# fails: deblending-latent-test
# Noise beyond 3 is cut, and so are large variances.
# %% solution="deblending-latent"
def latent(image, masks, prior, posterior, noise, training):
    mean, log_var = posterior(image, masks) if training else prior(image)
    return mean + tf.exp(tf.clip_by_value(log_var, -10.0, 10.0) / 2) * tf.clip_by_value(noise, -3.0, 3.0)
