# fails: displacement-net-test
# The way up to the first level keeps the weights it starts with.
# %% solution="displacement-net"
def displacement_net(side, widths):
    inputs = x = tfk.Input((side, side, 2))
    skips = []
    for filters in widths[:-1]:
        skips.append(conv_block(x, filters))
        x = tfkl.AveragePooling2D(2)(skips[-1])
    x = conv_block(x, widths[-1])
    for filters in reversed(widths[:-1]):
        x = tfkl.Conv2DTranspose(filters, 2, strides=2, trainable=len(skips) > 1)(x)
        x = conv_block(tfkl.Concatenate()([x, skips.pop()]), filters)
    return tfk.Model(inputs, tfkl.Conv2D(2, 1, kernel_initializer="zeros")(x))
