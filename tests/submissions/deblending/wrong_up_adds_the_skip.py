# fails: deblending-up-test, deblending-unet-test
# Adds the skip, as a ResNet does.
# %% solution="deblending-up"
def up_block(x, skip, filters):
    x = tfkl.Conv2DTranspose(filters, 2, strides=2)(x)
    return conv_block(tfkl.Add()([x, tfkl.Conv2D(filters, 1)(skip)]), filters)
