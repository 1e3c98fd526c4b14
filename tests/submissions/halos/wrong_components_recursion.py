# fails: halos-components-test
# A call for each cell: a large component goes too deep.
# %% solution="halos-components"
def components(mask):
    mask = np.asarray(mask) != 0
    labels = np.zeros(mask.shape, int)

    def walk(cell, number):
        if mask[cell] and not labels[cell]:
            labels[cell] = number
            for axis, side in enumerate(mask.shape):
                for step in (-1, 1):
                    walk(cell[:axis] + ((cell[axis] + step) % side,) + cell[axis + 1 :], number)

    for start in map(tuple, np.argwhere(mask)):
        walk(start, labels.max() + 1)
    return labels
