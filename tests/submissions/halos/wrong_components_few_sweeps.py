# fails: halos-components-test
# Numbers spread as often as the sides are long: paths may be longer.
# %% solution="halos-components"
def components(mask):
    mask = np.asarray(mask).astype(bool)
    labels = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    for _ in range(sum(mask.shape)):
        for axis in range(mask.ndim):
            labels = np.maximum.reduce([labels, np.roll(labels, 1, axis), np.roll(labels, -1, axis)]) * mask
    return np.searchsorted(np.unique(np.append(0, labels)), labels)
