# fails: inference-nearer-test
# Adds the distances along the axes.
# %% solution="inference-nearer"
def nearer_fraction(samples, truth, reference):
    to_samples = np.abs(samples - reference[:, None]).sum(axis=2)
    return np.mean(to_samples < np.abs(truth - reference).sum(axis=1)[:, None], axis=1)
