# fails: halos-components-test
# Cells that share a corner are connected.
# %% solution="halos-components"
def components(mask):
    mask = np.asarray(mask).astype(bool)
    labels, number = np.zeros(mask.shape, dtype=int), 0
    steps = [np.array(step) - 1 for step in np.ndindex(*(3,) * mask.ndim)]
    for start in map(tuple, np.argwhere(mask)):
        if not labels[start]:
            number, waiting = number + 1, [start]
            while waiting:
                cell = waiting.pop()
                if mask[cell] and not labels[cell]:
                    labels[cell] = number
                    waiting += [tuple((np.array(cell) + step) % mask.shape) for step in steps]
    return labels
