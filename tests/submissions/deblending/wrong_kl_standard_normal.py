# fails: deblending-kl-test
# The divergence from N(0, 1), as in a plain VAE.
# %% solution="deblending-kl"
def kl_divergence(mean_q, log_var_q, mean_p, log_var_p):
    return 0.5 * tf.reduce_sum(tf.exp(log_var_q) + mean_q**2 - 1 - log_var_q, axis=1)
