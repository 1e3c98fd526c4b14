# fails: redshifts-points-test
# Sums over the uneven grid.
# %% solution="redshifts-points"
def best_points(density, z):
    weights = density / density.sum(axis=1, keepdims=True)
    below = np.cumsum(weights, axis=1)
    return weights @ z, np.array([np.interp(0.5, row, z) for row in below]), z[np.argmax(density, axis=1)]
