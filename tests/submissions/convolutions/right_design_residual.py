# Right: the functional API with batch normalisation, dropout and a residual block that adds.
# %% solution="conv-design"
def build_encoder():
    inputs = tfk.Input((64, 64, 3))
    x = inputs
    for filters in (4, 6, 8):
        x = tfkl.Conv2D(filters, 3, strides=2, padding="same")(x)
        x = tfkl.BatchNormalization()(x)
        x = tfkl.Activation("relu")(x)
    y = tfkl.Conv2D(8, 3, padding="same", activation="selu")(x)
    x = tfkl.Add()([x, y])
    x = tfkl.Dropout(0.5)(x)
    outputs = tfkl.Conv2D(16, 1, activation="softplus")(x)
    return tfk.Model(inputs, outputs)
