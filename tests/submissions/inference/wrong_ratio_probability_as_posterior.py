# fails: inference-ratio-test
# Takes what the classifier says for the posterior.
# %% solution="inference-ratio"
def ratio_posterior(logits, prior, area):
    density = 1 / (1 + np.exp(-np.clip(logits, -500, 500)))
    return density / (density.sum(axis=1, keepdims=True) * area)
