# fails: displacement-net-test
# Forgets half of the bottom in training, and only there.
# %% solution="displacement-net"
def displacement_net(side, widths):
    inputs = x = tfk.Input((side, side, 2))
    skips = []
    for width in widths[:-1]:
        x = conv_block(x, width)
        skips.append(x)
        x = tfkl.AveragePooling2D(2)(x)
    x = tfkl.Dropout(0.5)(conv_block(x, widths[-1]))
    for width in widths[-2::-1]:
        x = conv_block(tfkl.Concatenate()([tfkl.Conv2DTranspose(width, 2, strides=2)(x), skips.pop()]), width)
    return tfk.Model(inputs, tfkl.Conv2D(2, 1, kernel_initializer="zeros")(x))
