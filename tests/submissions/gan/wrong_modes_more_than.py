# fails: gan-modes-test
# More than so many points rather than at least so many.
# %% solution="gan-modes"
def modes_covered(samples, centres, radius, at_least):
    belongs = np.linalg.norm(samples[:, None] - centres[None], axis=2) <= radius
    return np.sum(belongs.sum(axis=0) > at_least), np.mean(belongs.any(axis=1))
