# fails: gan-ratio-test
# q/p.
# %% solution="gan-ratio"
def density_ratio(logits, n_real, n_fake):
    return np.exp(-logits) * n_real / n_fake
