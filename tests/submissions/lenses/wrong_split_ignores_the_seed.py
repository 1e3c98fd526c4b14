# fails: lenses-split-test
# Shuffles objects, always with the same generator.
# %% solution="lenses-split"
def split(objects, fractions, seed):
    names = np.random.default_rng(42).permutation(np.unique(objects))
    a = int(fractions[0] * len(names))
    b = a + int(fractions[1] * len(names))
    return [np.flatnonzero(np.isin(objects, piece)) for piece in (names[:a], names[a:b], names[b:])]
