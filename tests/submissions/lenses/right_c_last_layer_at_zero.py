# Right: p is 1/2 for every image until the first step of the training; only filters are multiplied by the width.
# %% solution="lenses-classifier"
def build_classifier(width=1):
    image = tfk.Input((48, 48, 1))
    x = image
    for filters, size, strides in ((16, 6, 4), (24, 3, 1), (32, 3, 2)):
        x = tfkl.Conv2D(width * filters, size, strides, padding="same", use_bias=False)(x)
        x = tfkl.ReLU()(tfkl.BatchNormalization(momentum=0.9)(x))
    x = tfkl.Dense(32, activation="relu")(tfkl.Flatten()(x))
    model = tfk.Model(image, tfkl.Dense(1, activation="sigmoid", kernel_initializer="zeros")(x))
    model.compile(tfk.optimizers.Adam(tfk.optimizers.schedules.CosineDecay(6e-3, STEPS)), "binary_crossentropy")
    return model
