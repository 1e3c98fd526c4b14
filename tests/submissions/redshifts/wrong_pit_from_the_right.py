# fails: redshifts-pit-test
# Integrates from the right.
# %% solution="redshifts-pit"
def pit(density, z, z_true):
    areas = np.diff(z) * (density[:, 1:] + density[:, :-1]) / 2
    below = np.concatenate([np.zeros((len(density), 1)), np.cumsum(areas, axis=1)], axis=1)
    return np.array([1 - np.interp(truth, z, row) for truth, row in zip(z_true, below)])
