# fails: deblending-kl-test
# The divergence of p from q.
# %% solution="deblending-kl"
def kl_divergence(mean_q, log_var_q, mean_p, log_var_p):
    away = (mean_q - mean_p) ** 2 * tf.exp(-log_var_q)
    ratio = log_var_p - log_var_q
    return 0.5 * tf.reduce_sum(tf.exp(ratio) - 1 - ratio + away, axis=1)
