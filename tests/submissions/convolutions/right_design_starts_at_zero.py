# Right: the last layer starts at 0, as in a network that is to change little at first; its inputs come as a list.
# %% solution="conv-design"
def build_encoder():
    image = tfk.Input((64, 64, 3))
    x = image
    for filters in (6, 8):
        x = tfkl.Conv2D(filters, 5, strides=2, padding="same", activation="relu")(x)
    x = tfkl.Conv2D(16, 5, strides=2, padding="same", kernel_initializer="zeros")(x)
    return tfk.Model(inputs=[image], outputs=x)
