# fails: lenses-split-test, lenses-split-test-2
# Draws each part from all objects, so that they overlap: the test set is partly the training set.
# %% solution="lenses-split"
def split(objects, fractions, seed):
    rng = np.random.default_rng(seed)
    names = np.unique(objects)
    return [
        np.flatnonzero(np.isin(objects, rng.choice(names, round(fraction * len(names)), replace=False)))
        for fraction in fractions
    ]
