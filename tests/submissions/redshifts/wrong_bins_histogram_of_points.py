# fails: redshifts-bins-test
# A histogram of point estimates: one at the point of the highest density.
# %% solution="redshifts-bins"
def bin_densities(density, points, edges):
    stacked = np.zeros((len(edges) - 1, density.shape[1]))
    sharp = np.eye(density.shape[1])[np.argmax(density, axis=1)]
    for row, low, high in zip(stacked, edges[:-1], edges[1:]):
        inside = (points >= low) & (points < high)
        if inside.any():
            row[:] = sharp[inside].mean(axis=0)
    return stacked
