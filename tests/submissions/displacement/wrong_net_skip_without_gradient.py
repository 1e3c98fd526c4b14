# fails: displacement-net-test
# No gradient passes the skip of the second level.
# %% solution="displacement-net"
def displacement_net(side, widths):
    inputs = x = tfk.Input((side, side, 2))
    skips = []
    for filters in widths[:-1]:
        x = conv_block(x, filters)
        skips.append(tfk.ops.stop_gradient(x) if skips else x)
        x = tfkl.AveragePooling2D(2)(x)
    x = conv_block(x, widths[-1])
    for filters in reversed(widths[:-1]):
        x = tfkl.Conv2DTranspose(filters, 2, strides=2)(x)
        x = conv_block(tfkl.Concatenate()([x, skips.pop()]), filters)
    return tfk.Model(inputs, tfkl.Conv2D(2, 1, kernel_initializer="zeros")(x))
