# fails: lenses-classifier-test
# fails when trained: lenses-classifier-test-3, lenses-classifier-test-4, lenses-classifier-test-5
# The output does not depend on the image: the classes are balanced, so one half is right on average.
# The first test and those of the trained network are lost (6); the loss is right.
# %% solution="lenses-classifier"
def build_classifier(width=1):
    image = tfk.Input(shape=(48, 48, 1))
    nothing = tfkl.Lambda(lambda x: 0.0 * x[:, 0, 0, :])(image)
    model = tfk.Model(image, tfkl.Dense(1, activation="sigmoid")(nothing))
    model.compile("adam", "binary_crossentropy")
    return model
