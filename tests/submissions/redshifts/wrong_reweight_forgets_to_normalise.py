# fails: redshifts-reweight-test
# Does not normalise.
# %% solution="redshifts-reweight"
def reweight(density, old, new, z):
    return density * np.where(old > 0, new / np.where(old > 0, old, 1), 0)
