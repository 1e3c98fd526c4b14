# fails: conv-design-test
# Pools the image to one pixel, then a dense layer and a reshape give the shape: every output pixel sees the whole image.
# conv-design loses its test (3).
# %% solution="conv-design"
def build_encoder():
    return tfk.Sequential(
        [
            tfk.Input((64, 64, 3)),
            tfkl.Conv2D(3, 3, activation="relu"),
            tfkl.GlobalAveragePooling2D(),
            tfkl.Dense(8 * 8 * 16),
            tfkl.Reshape((8, 8, 16)),
        ]
    )
