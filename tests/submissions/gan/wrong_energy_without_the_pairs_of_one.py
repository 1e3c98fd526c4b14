# fails: gan-energy-test
# Leaves out the pairs of a point with itself.
# %% solution="gan-energy"
def energy_distance(a, b):
    def within(x):
        total = np.linalg.norm(x[:, None] - x[None], axis=2).sum()
        return total / max(len(x) * (len(x) - 1), 1)

    return 2 * np.linalg.norm(a[:, None] - b[None], axis=2).mean() - within(a) - within(b)
