# fails: conv-design-test
# Forgets the activations: the whole model is one linear map.
# conv-design loses its test (3).
# %% solution="conv-design"
def build_encoder():
    model = tfk.Sequential([tfk.Input((64, 64, 3))])
    for filters in (4, 8, 16):
        model.add(tfkl.Conv2D(filters, 5, strides=2, padding="same"))
    return model
