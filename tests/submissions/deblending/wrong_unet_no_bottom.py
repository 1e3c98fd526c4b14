# fails: deblending-unet-test
# The bottom has no block of its own.
# %% solution="deblending-unet"
def unet(x, widths):
    skips = []
    for filters in widths[:-1]:
        skips.append(conv_block(x, filters))
        x = tfkl.MaxPooling2D()(skips[-1])
    for filters, skip in zip(widths[-2::-1], skips[::-1]):
        x = up_block(x, skip, filters)
    return x
