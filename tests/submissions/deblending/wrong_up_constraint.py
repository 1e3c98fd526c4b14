# fails: deblending-up-test
# Adds a constraint, which holds when the layer learns; the U-Net has blocks of its own.
# %% solution="deblending-up"
def up_block(x, skip, filters):
    x = tfkl.Conv2DTranspose(filters, 2, strides=2, kernel_constraint="non_neg")(x)
    return conv_block(tfkl.Concatenate()([x, skip]), filters)

# %% solution="deblending-unet"
def unet(x, widths):
    skips = []
    for filters in widths[:-1]:
        skips.append(conv_block(x, filters))
        x = tfkl.MaxPooling2D()(skips[-1])
    x = conv_block(x, widths[-1])
    for filters in reversed(widths[:-1]):
        x = tfkl.Concatenate()([tfkl.Conv2DTranspose(filters, 2, strides=2)(x), skips.pop()])
        x = conv_block(x, filters)
    return x
