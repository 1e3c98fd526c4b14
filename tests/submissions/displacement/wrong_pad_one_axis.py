# fails: displacement-pad-test
# Pads the rows alone, and the columns by zeros.
# %% solution="displacement-pad"
def periodic_pad(x, width):
    x = tf.concat([x[:, -width:], x, x[:, :width]], axis=1)
    return tf.pad(x, [[0, 0], [0, 0], [width, width], [0, 0]])

# %% solution="displacement-net"
class Around(tfkl.Layer):
    def call(self, x):
        x = tf.concat([x[:, -1:], x, x[:, :1]], 1)
        return tf.concat([x[:, :, -1:], x, x[:, :, :1]], 2)


def displacement_net(side, widths):
    def block(x, filters):
        for _ in range(2):
            x = tfkl.Conv2D(filters, 3, activation="relu")(Around()(x))
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
