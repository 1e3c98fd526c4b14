# Right: prints, warns and logs while it works.
# %% solution="inference-ratio"
def ratio_posterior(logits, prior, area):
    print("logits of", len(logits), "data sets")
    with np.errstate(divide="ignore"):
        log_density = np.where(prior > 0, logits + np.log(prior), -np.inf)
    return np.exp(log_density - scipy.special.logsumexp(log_density, axis=1, keepdims=True)) / area

# %% solution="inference-nearer"
def nearer_fraction(samples, truth, reference):
    import warnings

    warnings.warn("counting")

    def squared(off):
        return np.square(off).sum(axis=-1)

    return (squared(samples - reference[:, None, :]) < squared(truth - reference)[:, None]).mean(axis=-1)

# %% solution="inference-gain"
def information_gain(log_q, log_prior):
    import logging

    logging.getLogger("mine").error("a gain of %s truths", len(log_q))
    gain = np.subtract(log_q, log_prior)
    middle = gain.sum() / gain.size
    return middle, np.sqrt(((gain - middle) ** 2).sum() / (gain.size - 1) / gain.size)
