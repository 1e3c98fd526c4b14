# fails: halos-pad-test, halos-vnet-test
# fails when trained: halos-spectrum-test-2, halos-spectrum-test-3
# may fail when trained: halos-step-test-3
# Zeros outside, as Keras has them.
# %% solution="halos-pad"
def periodic_pad(x, cells):
    rank = len(x.shape)
    return tf.pad(x, [[0, 0]] + [[cells, cells]] * (rank - 2) + [[0, 0]])

# %% solution="halos-vnet"
def same(x, filters, number):
    for _ in range(number):
        x = tfkl.Conv3D(filters, 3, padding="same", use_bias=False)(x)
        x = tfkl.ReLU()(tfkl.BatchNormalization(momentum=0.9)(x))
    return x


def vnet(x, widths):
    skips, bottom = [], len(widths) - 1
    for level in range(bottom):
        skips.append(same(x, widths[level], level + 1))
        x = tfkl.Conv3D(widths[level + 1], 2, strides=2)(skips[-1])
    x = same(x, widths[bottom], bottom + 1)
    for level in reversed(range(bottom)):
        x = tfkl.Conv3DTranspose(widths[level], 2, strides=2)(x)
        x = same(tfkl.Concatenate()([x, skips[level]]), widths[level], level + 1)
    return x
