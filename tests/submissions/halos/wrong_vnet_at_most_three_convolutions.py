# fails: halos-vnet-test
# %% solution="halos-vnet"
def vnet(x, widths):
    """One, two and three convolutions, as in the picture; deeper levels have three, too."""
    skips, bottom = [], len(widths) - 1
    for level in range(bottom):
        skips.append(convolutions(x, widths[level], min(level, 2) + 1))
        x = tfkl.Conv3D(widths[level + 1], 2, strides=2)(skips[-1])
    x = convolutions(x, widths[bottom], min(bottom, 2) + 1)
    for level in reversed(range(bottom)):
        x = tfkl.Conv3DTranspose(widths[level], 2, strides=2)(x)
        x = convolutions(tfkl.Concatenate()([x, skips[level]]), widths[level], min(level, 2) + 1)
    return x
