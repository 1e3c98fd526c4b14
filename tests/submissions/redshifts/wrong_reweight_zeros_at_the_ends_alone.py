# fails: redshifts-reweight-test
# A prior that is zero between others divides zero, or more, by zero.
# %% solution="redshifts-reweight"
def reweight(density, old, new, z):
    seen = np.flatnonzero(old)
    inside = slice(seen[0], seen[-1] + 1)
    changed = np.zeros_like(density)
    changed[:, inside] = density[:, inside] * new[inside] / old[inside]
    return changed / np.trapezoid(changed, z, axis=1)[:, None]
