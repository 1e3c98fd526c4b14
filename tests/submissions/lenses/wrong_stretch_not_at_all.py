# fails: lenses-stretch-test
# fails when trained: lenses-classifier-test-3, lenses-classifier-test-4, lenses-classifier-test-5, lenses-compact-test-2, lenses-compact-test-3
# "A network can find its own scale": the pixels stay as they are. Whether a compact network learns anything then is chance; this one sees three pixels (4).
# %% solution="lenses-stretch"
def asinh_stretch(images, noise):
    return np.asarray(images)


# %% solution="lenses-compact"
def build_compact():
    layers = [tfk.Input(shape=(48, 48, 1)), tfkl.Conv2D(32, 3, padding="same", use_bias=False)]
    layers += [tfkl.BatchNormalization(momentum=0.9), tfkl.ReLU(), tfkl.GlobalMaxPooling2D()]
    model = tfk.Sequential([*layers, tfkl.Dense(1, activation="sigmoid")])
    model.compile(tfk.optimizers.Adam(tfk.optimizers.schedules.CosineDecay(6e-3, STEPS)), "binary_crossentropy")
    return model
