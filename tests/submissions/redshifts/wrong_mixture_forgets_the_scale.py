# fails: redshifts-mixture-test
# Forgets to divide by the scale: no density.
# %% solution="redshifts-mixture"
def mixture_log_density(z, logits, means, scales):
    log_normals = -0.5 * ((z[:, None] - means) / scales) ** 2 - 0.5 * np.log(2 * np.pi)
    return tf.reduce_logsumexp(tf.nn.log_softmax(logits) + log_normals, axis=1)
