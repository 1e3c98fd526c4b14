# fails: halos-vnet-test
# may fail when trained: halos-step-test-2, halos-step-test-3
# Adds a constraint, which holds when it learns.
# %% solution="halos-vnet"
def vnet(x, widths):
    skips, bottom = [], len(widths) - 1
    for level in range(bottom):
        skips.append(convolutions(x, widths[level], level + 1))
        x = tfkl.Conv3D(widths[level + 1], 2, strides=2, kernel_constraint="non_neg")(skips[-1])
    x = convolutions(x, widths[bottom], bottom + 1)
    for level in reversed(range(bottom)):
        x = tfkl.Conv3DTranspose(widths[level], 2, strides=2)(x)
        x = convolutions(tfkl.Concatenate()([x, skips[level]]), widths[level], level + 1)
    return x
