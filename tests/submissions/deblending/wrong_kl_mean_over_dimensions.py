# fails: deblending-kl-test
# The mean over dimensions.
# %% solution="deblending-kl"
def kl_divergence(mean_q, log_var_q, mean_p, log_var_p):
    away = (mean_q - mean_p) ** 2 * tf.exp(-log_var_p)
    ratio = log_var_q - log_var_p
    return 0.5 * tf.reduce_mean(tf.exp(ratio) - 1 - ratio + away, axis=1)
