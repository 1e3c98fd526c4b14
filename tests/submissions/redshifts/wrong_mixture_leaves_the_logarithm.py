# fails: redshifts-mixture-test
# The logarithm of a sum of exponentials: 0 far out.
# %% solution="redshifts-mixture"
def mixture_log_density(z, logits, means, scales):
    weights = tf.nn.softmax(logits)
    normals = tf.exp(-0.5 * ((z[:, None] - means) / scales) ** 2) / scales / np.sqrt(2 * np.pi)
    return tf.math.log(tf.reduce_sum(weights * normals, axis=1))
