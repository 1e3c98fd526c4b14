# fails: deblending-unet-test
# The image is halved by means, not by maxima.
# %% solution="deblending-unet"
def unet(x, widths):
    skips = []
    for filters in widths[:-1]:
        skips.append(conv_block(x, filters))
        x = tfkl.AveragePooling2D(2)(skips[-1])
    x = conv_block(x, widths[-1])
    for filters in reversed(widths[:-1]):
        x = up_block(x, skips.pop(), filters)
    return x
