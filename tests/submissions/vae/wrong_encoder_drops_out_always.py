# fails: vae-encoder-test
# A dropout that stays on: every time the encoder is used it gives another code.
# %% solution="vae-encoder"
def build_encoder(latent_dim):
    image = tfk.Input((32, 32, 1))
    x = tfkl.Conv2D(16, 5, strides=2, padding="same", activation="elu")(image)
    x = tfkl.Conv2D(32, 3, strides=2, padding="same", activation="elu")(x)
    x = tfkl.Dense(64, activation="elu")(tfkl.Flatten()(x))
    x = tfkl.Dropout(0.1)(x, training=True)
    return tfk.Model(image, tfkl.Dense(2 * latent_dim)(x))
