# fails: gan-energy-test
# To be quick, it looks at no more than a hundred points of each sample.
# %% solution="gan-energy"
def energy_distance(a, b):
    def mean(x, y):
        return np.linalg.norm(x[:, None] - y[None], axis=-1).mean()

    a, b = a[:100], b[:100]
    return 2 * mean(a, b) - mean(a, a) - mean(b, b)
