# fails: vae-kl-test
# A mean over the latent dimensions where a sum belongs: a beta of 1 / latent_dim without saying so.
# %% solution="vae-kl"
def kl_to_standard_normal(mean, log_var):
    return 0.5 * tf.reduce_mean(tf.exp(log_var) + mean**2 - 1 - log_var, axis=-1)
