# Right: layers of one's own, which hold theirs in another order than they are called in.
# %% solution="deblending-up"
class Up(tfkl.Layer):
    def __init__(self, filters):
        super().__init__()
        self.convolutions = [tfkl.Conv2D(filters, 3, padding="same", use_bias=False) for _ in range(2)]
        self.norms = [tfkl.BatchNormalization(momentum=0.9) for _ in range(2)]
        self.up = tfkl.Conv2DTranspose(filters, 2, strides=2)

    def call(self, x, skip, training=False):
        x = tf.concat([self.up(x), skip], axis=3)
        for convolution, norm in zip(self.convolutions, self.norms):
            x = tf.nn.relu(norm(convolution(x), training=training))
        return x


def up_block(x, skip, filters):
    return Up(filters)(x, skip)

# %% solution="deblending-unet"
class Block(tfkl.Layer):
    def __init__(self, filters):
        super().__init__()
        self.norms = [tfkl.BatchNormalization(momentum=0.9) for _ in range(2)]
        self.convolutions = [tfkl.Conv2D(filters, 3, padding="same", use_bias=False) for _ in range(2)]

    def call(self, x, training=False):
        for convolution, norm in zip(self.convolutions, self.norms):
            x = tf.nn.relu(norm(convolution(x), training=training))
        return x


class Whole(tfkl.Layer):
    def __init__(self, widths):
        super().__init__()
        self.down = [Block(width) for width in widths]
        self.doubled = [tfkl.Conv2DTranspose(width, 2, strides=2) for width in widths[:-1]]
        self.up = [Block(width) for width in widths[:-1]]

    def call(self, x, training=False):
        skips = []
        for block in self.down:
            if skips:
                x = tf.nn.max_pool2d(x, 2, 2, "VALID")
            x = block(x, training=training)
            skips.append(x)
        skips.pop()
        for doubled, block in zip(self.doubled[::-1], self.up[::-1]):
            x = block(tf.concat([doubled(x), skips.pop()], axis=3), training=training)
        return x


def unet(x, widths):
    return Whole(list(widths))(x)
