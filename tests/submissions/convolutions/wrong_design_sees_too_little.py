# fails: conv-design-test
# Three convolutions 3 x 3 with stride 2: the right shapes, but a field of 15 pixels.
# conv-design loses its test (3).
# %% solution="conv-design"
def build_encoder():
    model = tfk.Sequential([tfk.Input((64, 64, 3))])
    for filters in (8, 8, 16):
        model.add(tfkl.Conv2D(filters, 3, strides=2, padding="same", activation="relu"))
    return model
