# fails: conv-design-test
# Normalises with the batch in use, too: an answer depends on what else is in the batch.

# %% solution="conv-design"
def build_encoder():
    image = x = tfk.Input((64, 64, 3))
    for filters in (6, 8, 16):
        x = tfkl.Conv2D(filters, 5, strides=2, padding="same", activation="relu")(x)
        x = tfkl.BatchNormalization()(x, training=True)
    return tfk.Model(image, x)
