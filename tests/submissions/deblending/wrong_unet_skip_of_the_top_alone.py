# fails: deblending-unet-test
# Only the first level has a skip; the others get what is below them twice.
# %% solution="deblending-unet"
def unet(x, widths):
    top = x = conv_block(x, widths[0])
    for filters in widths[1:-1]:
        x = conv_block(tfkl.MaxPooling2D()(x), filters)
    x = conv_block(tfkl.MaxPooling2D()(x), widths[-1])
    for filters in widths[-2:0:-1]:
        x = tfkl.Conv2DTranspose(filters, 2, strides=2)(x)
        x = conv_block(tfkl.Concatenate()([x, x]), filters)
    return up_block(x, top, widths[0])
