# fails: lenses-split-test, lenses-split-test-2
# Cuts the file in its order, and by rows: no shuffle, no seed, and an object on two sides.
# %% solution="lenses-split"
def split(objects, fractions, seed):
    rows = np.arange(len(objects))
    a, b = int(fractions[0] * len(rows)), int((fractions[0] + fractions[1]) * len(rows))
    return rows[:a], rows[a:b], rows[b:]
