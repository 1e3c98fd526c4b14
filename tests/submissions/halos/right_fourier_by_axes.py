# Right: a convolution axis by axis in Fourier space, and pads by tiling.
# %% solution="halos-smooth"
def smooth(field, radius):
    grids = np.meshgrid(*[np.fft.fftfreq(n) * n for n in field.shape], indexing="ij")
    inside = np.sqrt(sum(grid**2 for grid in grids)) <= radius + 1e-9
    weight = np.fft.rfftn(inside / inside.sum())
    return np.fft.irfftn(np.fft.rfftn(field) * weight, s=field.shape, axes=tuple(range(field.ndim)))

# %% solution="halos-pad"
def periodic_pad(x, cells):
    sides = x.shape[1:-1]
    x = tf.tile(x, [1] + [3] * len(sides) + [1])
    for axis, side in enumerate(sides, start=1):
        x = tf.gather(x, tf.range(side - cells, 2 * side + cells), axis=axis)
    return x

# %% solution="halos-cut"
def best_cut(values, truth):
    levels, place = np.unique(values, return_inverse=True)
    weight = np.asarray(truth, dtype=float).ravel()
    both = np.cumsum(np.bincount(place.ravel(), weights=weight)[::-1])[::-1]
    number = np.cumsum(np.bincount(place.ravel())[::-1])[::-1]
    dice = 2 * both / (number + weight.sum())
    return levels[np.argmax(dice)], dice.max()
