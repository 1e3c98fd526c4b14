# Right: a stack of cells, and halos sorted by one key.
# %% solution="halos-find"
def find_halos(density, radii, critical):
    from scipy.ndimage import maximum_filter

    kept = []
    for radius in sorted(list(radii), key=lambda r: -r):
        means = np.asarray(smooth(density, radius))
        others = np.ones((3,) * density.ndim, dtype=bool)
        others[(1,) * density.ndim] = False
        peaks = np.argwhere((means > critical) & (means > maximum_filter(means, footprint=others, mode="wrap")))
        heights = means[tuple(peaks.T)]
        for peak in peaks[np.argsort(-heights)]:
            free = True
            for *centre, other in kept:
                away = np.abs(peak - np.array(centre))
                away = np.where(away > np.array(density.shape) / 2, np.array(density.shape) - away, away)
                free = free and not np.sqrt((away**2).sum()) < radius + other
            if free:
                kept.append([*peak, radius])
    return np.array(kept).reshape(-1, density.ndim + 1)

# %% solution="halos-tau"
def law_of_tau(overdensity, amplitude, slope, scatter):
    variance = scatter**2 + 0 * overdensity
    middle = np.log(amplitude) + slope * np.log(overdensity)
    return middle, np.exp(middle) * np.exp(variance / 2), np.exp(2 * middle + variance) * np.expm1(variance)
