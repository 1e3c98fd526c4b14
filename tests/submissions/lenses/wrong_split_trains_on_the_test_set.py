# fails: lenses-split-test, lenses-split-test-2
# Trains on everything, "the more the better", and takes validation and test set out of it without removing them.
# %% solution="lenses-split"
def split(objects, fractions, seed):
    names = np.random.default_rng(seed).permutation(np.unique(objects))
    n_valid, n_test = round(fractions[1] * len(names)), round(fractions[2] * len(names))
    valid = np.flatnonzero(np.isin(objects, names[:n_valid]))
    test = np.flatnonzero(np.isin(objects, names[n_valid : n_valid + n_test]))
    return np.arange(len(objects)), valid, test
