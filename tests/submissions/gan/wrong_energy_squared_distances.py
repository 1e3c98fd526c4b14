# fails: gan-energy-test
# Squares of distances: blind to everything but the means.
# %% solution="gan-energy"
def energy_distance(a, b):
    mean = lambda x, y: np.mean(np.sum((x[:, None] - y[None]) ** 2, axis=2))
    return 2 * mean(a, b) - mean(a, a) - mean(b, b)
