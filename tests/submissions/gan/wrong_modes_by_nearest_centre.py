# fails: gan-modes-test, gan-modes-test-2
# Gives every point to its nearest centre, without the radius: points in the sea count.
# %% solution="gan-modes"
def modes_covered(samples, centres, radius, at_least):
    nearest = np.linalg.norm(samples[:, None] - centres[None], axis=2).argmin(axis=1)
    counts = np.bincount(nearest, minlength=len(centres))
    return np.sum(counts >= at_least), np.mean(counts[nearest] >= at_least)
