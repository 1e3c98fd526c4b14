# fails: halos-pad-test
# fails when trained: halos-spectrum-test-2, halos-spectrum-test-3
# may fail when trained: halos-step-test-3
# The first cells before the first, the last after the last.
# %% solution="halos-pad"
def periodic_pad(x, cells):
    for axis in range(1, len(x.shape) - 1):
        side = x.shape[axis]
        first, last = (tf.gather(x, part, axis=axis) for part in (np.arange(cells), np.arange(side - cells, side)))
        x = tf.concat([first, x, last], axis)
    return x
