# fails: gan-ratio-test
# Takes the logit for the ratio's logarithm, but returns a probability.
# %% solution="gan-ratio"
def density_ratio(logits, n_real, n_fake):
    return 1 / (1 + np.exp(-logits)) * n_fake / n_real
