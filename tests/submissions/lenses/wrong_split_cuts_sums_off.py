# fails: lenses-split-test
# Cuts the sums of fractions off to whole numbers: 0.7 + 0.1 is a little less than 0.8, so of 10 objects none is left.
# %% solution="lenses-split"
def split(objects, fractions, seed):
    names = np.random.default_rng(seed).permutation(np.unique(objects))
    ends = [int(share * len(names)) for share in np.cumsum(fractions)[:2]]
    return [np.flatnonzero(np.isin(objects, piece)) for piece in np.split(names, ends)]
