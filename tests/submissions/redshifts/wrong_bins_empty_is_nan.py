# fails: redshifts-bins-test
# The mean of an empty bin is nan.
# %% solution="redshifts-bins"
def bin_densities(density, points, edges):
    rows = [density[(points >= low) & (points < high)] for low, high in zip(edges[:-1], edges[1:])]
    return np.array([row.mean(axis=0) for row in rows])
