# fails: halos-vnet-test
# Features on the way up are cut at 30.
# %% solution="halos-vnet"
def vnet(x, widths):
    skips, bottom = [], len(widths) - 1
    for level in range(bottom):
        skips.append(convolutions(x, widths[level], level + 1))
        x = tfkl.Conv3D(widths[level + 1], 2, strides=2)(skips[-1])
    x = convolutions(x, widths[bottom], bottom + 1)
    for level in reversed(range(bottom)):
        x = tfkl.Conv3DTranspose(widths[level], 2, strides=2)(x)
        x = tfkl.ReLU(max_value=30.0)(convolutions(tfkl.Concatenate()([x, skips[level]]), widths[level], level + 1))
    return x
