# fails: redshifts-points-test
# The median is the first point of the grid with an integral of a half, not interpolated.
# %% solution="redshifts-points"
def best_points(density, z):
    areas = np.diff(z) * (density[:, 1:] + density[:, :-1]) / 2
    below = np.concatenate([np.zeros((len(density), 1)), np.cumsum(areas, axis=1)], axis=1)
    medians = z[np.argmax(below >= 0.5 - 1e-12, axis=1)]
    return np.trapezoid(z * density, z, axis=1), medians, z[np.argmax(density, axis=1)]
