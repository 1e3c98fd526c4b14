# fails: inference-nearer-test, inference-gain-test
# Samples, or gains, that are the same count once.
# %% solution="inference-nearer"
def nearer_fraction(samples, truth, reference):
    fractions = []
    for some, true, ref in zip(samples, truth, reference):
        distances = np.linalg.norm(np.unique(some, axis=0) - ref, axis=1)
        fractions.append(np.mean(distances < np.linalg.norm(true - ref)))
    return np.array(fractions)

# %% solution="inference-gain"
def information_gain(log_q, log_prior):
    gain = np.unique(log_q - log_prior)
    return np.mean(gain), np.std(gain, ddof=1) / np.sqrt(len(gain))
