# fails: inference-ratio-test
# The exponential of 5000 is infinite.
# %% solution="inference-ratio"
def ratio_posterior(logits, prior, area):
    density = prior * np.exp(logits)
    return density / (density.sum(axis=1, keepdims=True) * area)
