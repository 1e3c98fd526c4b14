# fails: redshifts-pit-test
# Adds up densities as if the steps were equal.
# %% solution="redshifts-pit"
def pit(density, z, z_true):
    below = np.cumsum(density, axis=1)
    below = below / below[:, -1:]
    return np.array([np.interp(truth, z, row) for truth, row in zip(z_true, below)])
