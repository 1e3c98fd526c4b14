# fails: gan-modes-test-2
# The fraction of points in covered modes alone.
# %% solution="gan-modes"
def modes_covered(samples, centres, radius, at_least):
    counts = (np.linalg.norm(samples[:, None] - centres[None], axis=2) <= radius).sum(axis=0)
    return np.sum(counts >= at_least), counts[counts >= at_least].sum() / len(samples)
