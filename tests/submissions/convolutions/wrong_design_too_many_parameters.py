# fails: conv-design-test
# The usual 32, 64 filters: does what was asked, with far more than 5000 parameters.
# conv-design loses its test (3).
# %% solution="conv-design"
def build_encoder():
    model = tfk.Sequential([tfk.Input((64, 64, 3))])
    for filters in (32, 64, 16):
        model.add(tfkl.Conv2D(filters, 5, strides=2, padding="same", activation="relu"))
    return model
