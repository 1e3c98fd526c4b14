# fails: lenses-split-test
# Rounds each of the first two parts to the nearest number: what is left for testing may be nothing.
# %% solution="lenses-split"
def split(objects, fractions, seed):
    names = np.random.default_rng(seed).permutation(np.unique(objects))
    a, b = (round(fraction * len(names)) for fraction in fractions[:2])
    return [np.flatnonzero(np.isin(objects, piece)) for piece in np.split(names, [a, a + b])]
