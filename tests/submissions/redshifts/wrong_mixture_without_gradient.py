# fails: redshifts-mixture-test
# Right values in NumPy: no gradient passes.
# %% solution="redshifts-mixture"
def mixture_log_density(z, logits, means, scales):
    z, logits, means, scales = (np.asarray(part) for part in (z, logits, means, scales))
    log_weights = logits - scipy.special.logsumexp(logits, axis=1, keepdims=True)
    density = scipy.special.logsumexp(log_weights + scipy.stats.norm.logpdf(z[:, None], means, scales), axis=1)
    return tf.constant(density, scales.dtype)
