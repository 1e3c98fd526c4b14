# Takes the classes for balanced (2 points).
# %% solution="gan-ratio"
def density_ratio(logits, n_real, n_fake):
    return np.exp(logits)
