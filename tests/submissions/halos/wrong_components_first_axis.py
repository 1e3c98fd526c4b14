# fails: halos-components-test
# Only the first axis is periodic.
# %% solution="halos-components"
def components(mask):
    mask = np.asarray(mask).astype(bool)
    labels, number = np.zeros(mask.shape, dtype=int), 0
    for start in map(tuple, np.argwhere(mask)):
        if not labels[start]:
            number, waiting = number + 1, [start]
            while waiting:
                cell = waiting.pop()
                if labels[cell] or not mask[cell]:
                    continue
                labels[cell] = number
                for axis in range(mask.ndim):
                    for step in (-1, 1):
                        other = list(cell)
                        other[axis] += step
                        if axis == 0:
                            other[0] %= mask.shape[0]
                        if 0 <= other[axis] < mask.shape[axis]:
                            waiting.append(tuple(other))
    return labels
