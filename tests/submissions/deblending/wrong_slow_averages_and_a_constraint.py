# fails: deblending-up-test, deblending-unet-test
# may fail when trained: deblending-step-test-2, deblending-step-test-3, deblending-step-test-4, deblending-fluxes-test-2, deblending-mixture-test-2, deblending-mixture-test-3
# Adds a constraint to the layer that goes up; blocks of their own, whose moving averages hardly move.
# %% solution="deblending-up"
def up_block(x, skip, filters):
    x = tfkl.Conv2DTranspose(filters, 2, strides=2, kernel_constraint="non_neg")(x)
    return conv_block(tfkl.Concatenate()([x, skip]), filters)

# %% solution="deblending-unet"
def unet(x, widths):
    def block(x, filters):
        for _ in range(2):
            x = tfkl.Conv2D(filters, 3, padding="same", use_bias=False)(x)
            x = tfkl.ReLU()(tfkl.BatchNormalization(momentum=0.9999)(x))
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
