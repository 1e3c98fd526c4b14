# fails: displacement-net-test
# fails when trained: displacement-step-test-2, displacement-step-test-3, displacement-step-test-4
# The end has an activation, which cannot be negative.
# %% solution="displacement-net"
def displacement_net(side, widths):
    inputs = x = tfk.Input((side, side, 2))
    skips = []
    for filters in widths[:-1]:
        skips.append(conv_block(x, filters))
        x = tfkl.AveragePooling2D(2)(skips[-1])
    x = conv_block(x, widths[-1])
    for filters in reversed(widths[:-1]):
        x = tfkl.Conv2DTranspose(filters, 2, strides=2)(x)
        x = conv_block(tfkl.Concatenate()([x, skips.pop()]), filters)
    return tfk.Model(inputs, tfkl.Conv2D(2, 1, activation="relu", kernel_initializer="zeros")(x))
