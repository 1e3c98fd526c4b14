# fails: redshifts-bins-test
# A point on an edge belongs to the bin on its left.
# %% solution="redshifts-bins"
def bin_densities(density, points, edges):
    stacked = np.zeros((len(edges) - 1, density.shape[1]))
    for row, low, high in zip(stacked, edges[:-1], edges[1:]):
        inside = (points > low) & (points <= high)
        if inside.any():
            row[:] = density[inside].mean(axis=0)
    return stacked
