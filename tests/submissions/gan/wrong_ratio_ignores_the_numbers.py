# fails: gan-ratio-test
# Takes the classes for balanced.
# %% solution="gan-ratio"
def density_ratio(logits, n_real, n_fake):
    return np.exp(logits)
