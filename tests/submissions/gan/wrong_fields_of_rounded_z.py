# fails: gan-fields-test
# %% solution="gan-fields"
def build_field_generator(latent_dim):
    return tfk.Sequential(
        [
            tfk.Input(shape=(latent_dim,)),
            tfkl.Lambda(lambda z: tf.round(2.0 * z) / 2.0),
            tfkl.Dense(4 * 4 * 64, activation="leaky_relu"),
            tfkl.Reshape((4, 4, 64)),
            tfkl.Conv2DTranspose(32, 4, strides=2, padding="same", activation="leaky_relu"),
            tfkl.Conv2DTranspose(16, 4, strides=2, padding="same", activation="leaky_relu"),
            tfkl.Conv2D(1, 3, padding="same", activation="tanh"),
        ]
    )
