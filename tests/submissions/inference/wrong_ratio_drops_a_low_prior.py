# fails: inference-ratio-test
# A prior of less than a billionth of its largest value is taken for zero.
# %% solution="inference-ratio"
def ratio_posterior(logits, prior, area):
    safe = np.where(prior > 1e-9 * prior.max(), logits, -np.inf)
    joint = prior * np.exp(safe - safe.max(axis=1, keepdims=True))
    return joint / (joint.sum(axis=1, keepdims=True) * area)
