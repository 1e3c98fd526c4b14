# fails: halos-find-test
# %% solution="halos-find"
def find_halos(density, radii, critical):
    """The search begins with a mean of 0, so that nothing below it is a halo, whatever the critical value."""
    from scipy.ndimage import maximum_filter

    found = np.zeros((0, density.ndim + 1))
    for radius in sorted(radii, reverse=True):
        means = np.maximum(smooth(density, radius), 0.0)
        peaks = np.argwhere((means > max(critical, 0.0)) & (means == maximum_filter(means, 3, mode="wrap")))
        for peak in sorted(peaks.tolist(), key=lambda cell: -means[tuple(cell)]):
            away = np.abs(found[:, :-1] - peak)
            away = np.minimum(away, np.array(density.shape) - away)
            if np.all(np.sum(away**2, axis=1) >= (found[:, -1] + radius) ** 2):
                found = np.vstack([found, [*peak, radius]])
    return found
