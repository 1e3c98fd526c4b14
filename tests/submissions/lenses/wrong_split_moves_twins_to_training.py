# fails: lenses-split-test-2
# Splits rows and then moves twins of training images into the training set: no leak, but objects with two images are
# rarely tested, and the fractions are not those of objects.
# %% solution="lenses-split"
def split(objects, fractions, seed):
    n = len(objects)
    order = np.random.default_rng(seed).permutation(n)
    a = int(fractions[0] * n)
    b = a + int(fractions[1] * n)
    in_train = np.isin(objects, objects[order[:a]])
    valid = [row for row in order[a:b] if not in_train[row]]
    in_valid = np.isin(objects, objects[valid])
    test = [row for row in order[b:] if not in_train[row] and not in_valid[row]]
    return np.flatnonzero(in_train), np.flatnonzero(in_valid & ~in_train), np.array(test)
