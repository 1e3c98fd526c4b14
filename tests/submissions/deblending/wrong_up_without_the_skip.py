# fails: deblending-up-test, deblending-unet-test
# fails when trained: deblending-step-test-4
# Has the right number of parameters, and multiplies the skip by 0.
# %% solution="deblending-up"
def up_block(x, skip, filters):
    x = tfkl.Conv2DTranspose(filters, 2, strides=2)(x)
    return conv_block(tfkl.Concatenate()([x, tfkl.Rescaling(0.0)(skip)]), filters)
