# fails: deblending-mixture-test, deblending-kl-test
# A small number in a logarithm and in a divisor, which may be smaller still.
# %% solution="deblending-mixture"
def mixture_loss(gate, logits, masks):
    labels = tf.broadcast_to(masks[:, :, :, None], tf.shape(logits))
    each = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits), axis=[1, 2, 4])
    return -tf.reduce_mean(tf.reduce_logsumexp(tf.math.log(tf.nn.softmax(gate) + 1e-12) - each, axis=1))

# %% solution="deblending-kl"
def kl_divergence(mean_q, log_var_q, mean_p, log_var_p):
    ratio = log_var_q - log_var_p
    far = (mean_q - mean_p) ** 2 / (tf.exp(log_var_p) + 1e-9)
    return 0.5 * tf.reduce_sum(tf.exp(ratio) - 1 - ratio + far, axis=1)
