# fails: lenses-split-test, lenses-split-test-2
# A table with one place for each name, which a negative name reads from its other end.
# %% solution="lenses-split"
def split(objects, fractions, seed):
    names = np.random.default_rng(seed).permutation(np.unique(objects))
    ends = [round(fractions[0] * len(names)), round((fractions[0] + fractions[1]) * len(names))]
    part_of = np.full(np.abs(objects).max() + 1, -1)
    for number, piece in enumerate(np.split(names, ends)):
        part_of[piece] = number
    return [np.flatnonzero(part_of[objects] == number) for number in range(3)]
