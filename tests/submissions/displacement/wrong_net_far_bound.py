# fails: displacement-net-test
# What it adds has bounds, though far ones.
# %% solution="displacement-net"
def displacement_net(side, widths):
    inputs = x = tfk.Input((side, side, 2))
    skips = []
    for filters in widths[:-1]:
        x = conv_block(x, filters)
        skips.append(x)
        x = tfkl.AveragePooling2D(2)(x)
    x = conv_block(x, widths[-1])
    for filters in widths[-2::-1]:
        x = tfkl.Conv2DTranspose(filters, 2, strides=2)(x)
        x = tfkl.Concatenate()([x, skips.pop()])
        x = conv_block(x, filters)
    x = tfkl.Conv2D(2, 1, kernel_initializer="zeros")(x)
    x = tfkl.Lambda(lambda z: tf.clip_by_value(z, -300.0, 300.0))(x)
    return tfk.Model(inputs, x)
