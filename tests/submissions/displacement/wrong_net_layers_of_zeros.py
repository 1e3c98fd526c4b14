# fails: displacement-net-test
# may fail when trained: displacement-step-test-2, displacement-step-test-3, displacement-step-test-4
# All kernels but the first start at 0: behind their ReLUs nothing passes, and they never get a gradient.
# %% solution="displacement-net"
def displacement_net(side, widths):
    first = [True]

    def conv(x, filters):
        start = "glorot_uniform" if first[0] else "zeros"
        first[0] = False
        return tfkl.Conv2D(filters, 3, activation="relu", kernel_initializer=start)(Periodic()(x))

    def block(x, filters):
        return conv(conv(x, filters), filters)

    inputs = x = tfk.Input((side, side, 2))
    skips = []
    for filters in widths[:-1]:
        skips.append(block(x, filters))
        x = tfkl.AveragePooling2D(2)(skips[-1])
    x = block(x, widths[-1])
    for filters in reversed(widths[:-1]):
        x = tfkl.Conv2DTranspose(filters, 2, strides=2, kernel_initializer="zeros")(x)
        x = block(tfkl.Concatenate()([x, skips.pop()]), filters)
    return tfk.Model(inputs, tfkl.Conv2D(2, 1, kernel_initializer="zeros")(x))
