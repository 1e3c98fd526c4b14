# fails: displacement-net-test
# The transposed convolutions have an activation: as many weights.
# %% solution="displacement-net"
def displacement_net(side, widths):
    inputs = x = tfk.Input((side, side, 2))
    skips = []
    for width in widths[:-1]:
        x = conv_block(x, width)
        skips.append(x)
        x = tfkl.AveragePooling2D(2)(x)
    x = conv_block(x, widths[-1])
    for width in widths[-2::-1]:
        x = conv_block(tfkl.Concatenate()([tfkl.Conv2DTranspose(width, 2, strides=2, activation="relu")(x), skips.pop()]), width)
    return tfk.Model(inputs, tfkl.Conv2D(2, 1, kernel_initializer="zeros")(x))
