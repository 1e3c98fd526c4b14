# fails: halos-find-test
# The peaks in the order of the cells, not the highest first.
# %% solution="halos-find"
def find_halos(density, radii, critical):
    from scipy.ndimage import maximum_filter

    found = np.zeros((0, density.ndim + 1))
    for radius in sorted(radii, reverse=True):
        means = smooth(density, radius)
        peaks = np.argwhere((means > critical) & (means == maximum_filter(means, 3, mode="wrap")))
        for peak in peaks.tolist():
            away = np.abs(found[:, :-1] - peak)
            away = np.minimum(away, np.array(density.shape) - away)
            if np.all(np.sum(away**2, axis=1) >= (found[:, -1] + radius) ** 2):
                found = np.vstack([found, [*peak, radius]])
    return found
