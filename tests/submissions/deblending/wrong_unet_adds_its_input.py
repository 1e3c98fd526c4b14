# fails: deblending-unet-test
# The image is added to the features at the end, as a ResNet does.
# %% solution="deblending-unet"
def unet(x, widths):
    image, skips = x, []
    for filters in widths[:-1]:
        skips.append(conv_block(x, filters))
        x = tfkl.MaxPooling2D()(skips[-1])
    x = conv_block(x, widths[-1])
    for filters in reversed(widths[:-1]):
        x = tfkl.Concatenate()([tfkl.Conv2DTranspose(filters, 2, strides=2)(x), skips.pop()])
        x = conv_block(x, filters)
    return x + image[..., :1]
