# fails: conv-design-test
# Returns a model without an input shape, which Keras cannot summarise yet.
# conv-design loses its test (3).
# %% solution="conv-design"
def build_encoder():
    return tfk.Sequential(
        [tfkl.Conv2D(filters, 5, strides=2, padding="same", activation="relu") for filters in (4, 8, 16)]
    )
