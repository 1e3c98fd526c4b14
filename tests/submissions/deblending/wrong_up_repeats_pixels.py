# fails: deblending-up-test, deblending-unet-test
# Doubles the image by repeating pixels.
# %% solution="deblending-up"
def up_block(x, skip, filters):
    x = tfkl.Conv2D(filters, 2, padding="same")(tfkl.UpSampling2D()(x))
    return conv_block(tfkl.Concatenate()([x, skip]), filters)
