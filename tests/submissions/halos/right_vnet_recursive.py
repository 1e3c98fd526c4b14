# Right: a level that calls the level below it; a cut from all thresholds; union of neighbours.
# %% solution="halos-vnet"
def vnet(x, widths):
    def level(x, k):
        x = convolutions(x, widths[k], k + 1)
        if k == len(widths) - 1:
            return x
        below = level(tfkl.Conv3D(filters=widths[k + 1], kernel_size=(2, 2, 2), strides=(2, 2, 2))(x), k + 1)
        up = tfkl.Conv3DTranspose(filters=widths[k], kernel_size=2, strides=2, padding="same")(below)
        return convolutions(tfkl.concatenate([up, x]), widths[k], k + 1)

    return level(x, 0)

# %% solution="halos-cut"
def best_cut(values, truth):
    inside = np.asarray(truth) > 0.5
    best = (-1.0, 0.0)
    for cut in np.unique(values):
        found = values >= cut
        best = max(best, (2 * np.sum(found & inside) / (found.sum() + inside.sum()), cut))
    return best[1], best[0]

# %% solution="halos-components"
def components(mask):
    mask = np.asarray(mask).astype(bool)
    labels = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    while True:
        grown = labels
        for axis in range(mask.ndim):
            for step in (-1, 1):
                grown = np.where(mask, np.maximum(grown, np.where(mask, np.roll(grown, step, axis=axis), 0)), 0)
        if np.array_equal(grown, labels):
            break
        labels = grown
    return np.unique(np.append(labels.ravel(), 0), return_inverse=True)[1][:-1].reshape(mask.shape)
