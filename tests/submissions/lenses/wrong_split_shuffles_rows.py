# fails: lenses-split-test-2
# Shuffles and cuts rows: the two images of an object can be on two sides. A good split otherwise.
# %% solution="lenses-split"
def split(objects, fractions, seed):
    n = len(objects)
    order = np.random.default_rng(seed).permutation(n)
    a = int(fractions[0] * n)
    b = a + int(fractions[1] * n)
    return order[:a], order[a:b], order[b:]
