# fails: deblending-unet-test
# may fail when trained: deblending-step-test-2, deblending-step-test-3, deblending-step-test-4, deblending-fluxes-test-2, deblending-mixture-test-2, deblending-mixture-test-3
# The convolutions of each block start at 0, and no gradient reaches them behind their ReLUs.
# %% solution="deblending-unet"
def unet(x, widths):
    def block(x, filters):
        for _ in range(2):
            x = tfkl.Conv2D(filters, 3, padding="same", use_bias=False, kernel_initializer="zeros")(x)
            x = tfkl.ReLU()(tfkl.BatchNormalization(momentum=0.9)(x))
        return x

    skips = []
    for filters in widths[:-1]:
        skips.append(block(x, filters))
        x = tfkl.MaxPooling2D()(skips[-1])
    x = block(x, widths[-1])
    for filters in reversed(widths[:-1]):
        x = tfkl.Conv2DTranspose(filters, 2, strides=2)(x)
        x = block(tfkl.Concatenate()([x, skips.pop()]), filters)
    return x
