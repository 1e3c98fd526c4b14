# fails: halos-find-test
# A peak is compared with neighbours across a face, and not with those across a corner.
# %% solution="halos-find"
def find_halos(density, radii, critical):
    found = np.zeros((0, density.ndim + 1))
    for radius in sorted(radii, reverse=True):
        means = smooth(density, radius)
        peak = means > critical
        for axis in range(density.ndim):
            peak &= (means > np.roll(means, 1, axis=axis)) & (means > np.roll(means, -1, axis=axis))
        for cell in sorted(np.argwhere(peak).tolist(), key=lambda cell: -means[tuple(cell)]):
            away = np.abs(found[:, :-1] - cell)
            away = np.minimum(away, np.array(density.shape) - away)
            if np.all(np.sum(away**2, axis=1) >= (found[:, -1] + radius) ** 2):
                found = np.vstack([found, [*cell, radius]])
    return found
