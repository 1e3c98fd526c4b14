# Normalised before it bends, beside a straight way: for large images the bend is small beside the rest.
# %% solution="conv-design"
def build_encoder():
    inputs = tfk.Input((64, 64, 3))
    x = tfkl.Conv2D(16, 8, strides=8)(inputs)
    y = tfkl.LayerNormalization()(tfkl.DepthwiseConv2D(3, padding="same")(x))
    y = tfkl.Dense(16)(tfkl.Dense(16, activation="gelu")(y))
    return tfk.Model(inputs, x + y)
