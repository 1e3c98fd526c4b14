# Right: convolutions of its own, whose padding is a part of them.
# %% solution="displacement-net"
class Wrapped(tfkl.Conv2D):
    def call(self, x):
        x = tf.concat([x[:, -1:], x, x[:, :1]], 1)
        return super().call(tf.concat([x[:, :, -1:], x, x[:, :, :1]], 2))

    def compute_output_shape(self, shape):
        return (*shape[:-1], self.filters)


def displacement_net(side, widths):
    def block(x, filters):
        return Wrapped(filters, 3, activation="relu")(Wrapped(filters, 3, activation="relu")(x))

    outputs, x = [], (inputs := tfk.Input((side, side, 2)))
    for filters in widths:
        x = block(tfkl.AveragePooling2D(2)(x) if outputs else x, filters)
        outputs.append(x)
    x = outputs.pop()
    while outputs:
        skip = outputs.pop()
        x = block(tfkl.Concatenate()([skip, tfkl.Conv2DTranspose(skip.shape[-1], 2, 2)(x)]), skip.shape[-1])
    return tfk.Model(inputs, tfkl.Conv2D(2, 1, kernel_initializer="zeros")(x))
