# fails: redshifts-reweight-test
# Multiplies by the new prior, and forgets that the old one is in the density.
# %% solution="redshifts-reweight"
def reweight(density, old, new, z):
    changed = density * new
    return changed / np.trapezoid(changed, z, axis=1)[:, None]
