# fails: displacement-net-test
# fails when trained: displacement-step-test-4
# Convolutions with the padding "same" know where the box ends.
# %% solution="displacement-net"
def same_block(x, filters):
    for _ in range(2):
        x = tfkl.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return x


def displacement_net(side, widths):
    inputs = x = tfk.Input((side, side, 2))
    skips = []
    for filters in widths[:-1]:
        skips.append(same_block(x, filters))
        x = tfkl.AveragePooling2D(2)(skips[-1])
    x = same_block(x, widths[-1])
    for filters in reversed(widths[:-1]):
        x = tfkl.Conv2DTranspose(filters, 2, strides=2)(x)
        x = same_block(tfkl.Concatenate()([x, skips.pop()]), filters)
    return tfk.Model(inputs, tfkl.Conv2D(2, 1, kernel_initializer="zeros")(x))
