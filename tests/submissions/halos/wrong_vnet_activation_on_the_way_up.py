# fails: halos-vnet-test
# What doubles a box has an activation.
# %% solution="halos-vnet"
def vnet(x, widths):
    skips = []
    for level in range(len(widths) - 1):
        x = convolutions(x, widths[level], level + 1)
        skips.append(x)
        x = tfkl.Conv3D(widths[level + 1], 2, strides=2)(x)
    x = convolutions(x, widths[-1], len(widths))
    for level in range(len(widths) - 2, -1, -1):
        x = tfkl.Conv3DTranspose(widths[level], 2, strides=2, activation="relu")(x)
        x = tfkl.Concatenate()([x, skips[level]])
        x = convolutions(x, widths[level], level + 1)
    return x
