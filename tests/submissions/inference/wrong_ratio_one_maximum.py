# fails: inference-ratio-test
# One constant for all data sets: those with small logits vanish.
# %% solution="inference-ratio"
def ratio_posterior(logits, prior, area):
    allowed = np.where(prior > 0, logits, -np.inf)
    with np.errstate(all="ignore"):
        density = prior * np.exp(allowed - allowed.max())
        return density / (density.sum(axis=1, keepdims=True) * area)
