# fails: redshifts-reweight-test
# Multiplies by the old prior and divides by the new one.
# %% solution="redshifts-reweight"
def reweight(density, old, new, z):
    ratio = np.where(new > 0, old / np.where(new > 0, new, 1), 0)
    changed = density * ratio
    return changed / np.trapezoid(changed, z, axis=1)[:, None]
