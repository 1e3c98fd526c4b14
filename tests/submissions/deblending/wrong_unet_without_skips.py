# fails: deblending-unet-test
# fails when trained: deblending-step-test-4
# An autoencoder: what comes from below stands in for the skip.
# %% solution="deblending-unet"
def unet(x, widths):
    for filters in widths[:-1]:
        x = tfkl.MaxPooling2D()(conv_block(x, filters))
    x = conv_block(x, widths[-1])
    for filters in widths[-2::-1]:
        x = tfkl.Conv2DTranspose(filters, 2, strides=2)(x)
        x = conv_block(tfkl.Concatenate()([x, x]), filters)
    return x
