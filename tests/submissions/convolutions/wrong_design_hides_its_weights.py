# fails: conv-design-test
# A large network inside of a Lambda, where Keras does not count its weights.

# %% solution="conv-design"
def build_encoder():
    hidden = tfk.Sequential([tfk.Input((64, 64, 3))])
    for filters in (32, 64, 128):
        hidden.add(tfkl.Conv2D(filters, 5, strides=2, padding="same", activation="relu"))
    model = tfk.Sequential([tfk.Input((64, 64, 3)), tfkl.Lambda(lambda image: hidden(image))])
    model.add(tfkl.Conv2D(16, 1))
    return model
