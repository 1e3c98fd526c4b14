# fails: inference-nearer-test
# Asks whether a sample is nearer to the truth than the reference is.
# %% solution="inference-nearer"
def nearer_fraction(samples, truth, reference):
    to_samples = np.linalg.norm(samples - truth[:, None], axis=2)
    return np.mean(to_samples < np.linalg.norm(truth - reference, axis=1)[:, None], axis=1)
