# Right: blocks are models of their own, and levels call each other.
# %% solution="halos-vnet"
class VNet:
    """Layers of a level are made where they are used; blocks are Sequential models."""

    def __init__(self, widths):
        self.widths = list(widths)

    def block(self, filters, number):
        layers = []
        for _ in range(number):
            layers += [Periodic(), tfkl.Conv3D(filters, (3, 3, 3), use_bias=False, kernel_initializer="he_uniform")]
            layers += [tfkl.BatchNormalization(momentum=0.9), tfkl.ReLU()]
        return tfk.Sequential(layers)

    def down(self, x, skips, level=0):
        if level == len(self.widths) - 1:
            return self.block(self.widths[level], level + 1)(x)
        skips.append(self.block(self.widths[level], level + 1)(x))
        return self.down(tfkl.Conv3D(self.widths[level + 1], 2, strides=2, activation="linear")(skips[-1]), skips, level + 1)

    def __call__(self, x):
        skips = []
        y = self.down(x, skips)
        while skips:
            level = len(skips) - 1
            y = tfkl.Conv3DTranspose(self.widths[level], 2, strides=2, padding="same")(y)
            y = self.block(self.widths[level], level + 1)(tfkl.concatenate((y, skips.pop()), axis=-1))
        return y


def vnet(x, widths):
    return VNet(widths)(x)
