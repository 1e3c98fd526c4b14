# fails: inference-nearer-test
# Counts samples that are as far as the truth.
# %% solution="inference-nearer"
def nearer_fraction(samples, truth, reference):
    to_samples = np.linalg.norm(samples - reference[:, None], axis=2)
    return np.mean(to_samples <= np.linalg.norm(truth - reference, axis=1)[:, None], axis=1)
