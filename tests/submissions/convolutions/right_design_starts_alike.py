# Right: all kernels start at one number, which the text leaves open; the tests put others in their place.
# %% solution="conv-design"
def build_encoder():
    model = tfk.Sequential([tfk.Input((64, 64, 3))])
    for _ in range(3):
        model.add(tfkl.Conv2D(8, 3, strides=2, padding="same", activation="relu", kernel_initializer="zeros"))
    model.add(tfkl.Conv2D(16, 3, padding="same", kernel_initializer="ones"))
    return model
