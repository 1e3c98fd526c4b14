# fails: lenses-split-test
# A table with a place for each name from the smallest to the largest: there is no memory for names that are far apart.
# %% solution="lenses-split"
def split(objects, fractions, seed):
    names = np.random.default_rng(seed).permutation(np.unique(objects))
    ends = [int(fractions[0] * len(names) + 1e-6), int((fractions[0] + fractions[1]) * len(names) + 1e-6)]
    part = np.zeros(objects.max() - objects.min() + 1, int)
    for number, piece in enumerate(np.split(names, ends)):
        part[piece - objects.min()] = number
    return [np.flatnonzero(part[objects - objects.min()] == number) for number in range(3)]
