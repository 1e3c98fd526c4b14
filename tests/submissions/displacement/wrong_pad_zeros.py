# fails: displacement-pad-test, displacement-net-test
# fails when trained: displacement-step-test-4
# Surrounds the box by zeros, and so does the network, which does without periodic_pad: a wrong one excuses nothing.
# %% solution="displacement-pad"
def periodic_pad(x, width):
    return tf.pad(x, [[0, 0], [width, width], [width, width], [0, 0]])

# %% solution="displacement-net"
def displacement_net(side, widths):
    def block(x, filters):
        for _ in range(2):
            x = tfkl.Conv2D(filters, 3, padding="same", activation="relu")(x)
        return x

    inputs = x = tfk.Input((side, side, 2))
    skips = []
    for filters in widths[:-1]:
        skips.append(block(x, filters))
        x = tfkl.AveragePooling2D(2)(skips[-1])
    x = block(x, widths[-1])
    for filters in reversed(widths[:-1]):
        x = tfkl.Conv2DTranspose(filters, 2, strides=2)(x)
        x = block(tfkl.Concatenate()([x, skips.pop()]), filters)
    return tfk.Model(inputs, tfkl.Conv2D(2, 1, kernel_initializer="zeros")(x))
