# fails: gan-energy-test
# No more than 256 points of each sample are looked at.
# %% solution="gan-energy"
def energy_distance(a, b):
    a, b = a[:256], b[:256]

    def mean_distance(first, second):
        return np.mean(np.linalg.norm(first[:, None, :] - second[None, :, :], axis=2))

    return 2 * mean_distance(a, b) - mean_distance(a, a) - mean_distance(b, b)
