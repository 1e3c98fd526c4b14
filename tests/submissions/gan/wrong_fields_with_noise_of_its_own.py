# fails: gan-fields-test
# fails when trained: gan-fields-test-2, gan-fields-test-3, gan-fields-test-4
# %% solution="gan-fields"
def build_field_generator(latent_dim):
    return tfk.Sequential(
        [
            tfk.Input(shape=(latent_dim,)),
            tfkl.Lambda(lambda z: tf.concat([z, tf.random.normal(tf.shape(z))], axis=1)),
            tfkl.Dense(4 * 4 * 32, activation="leaky_relu"),
            tfkl.Reshape((4, 4, 32)),
            tfkl.Conv2DTranspose(32, 4, strides=2, padding="same", activation="leaky_relu"),
            tfkl.Conv2DTranspose(16, 4, strides=2, padding="same", activation="leaky_relu"),
            tfkl.Conv2D(1, 3, padding="same", activation="tanh"),
        ]
    )
