# fails: vae-encoder-test
# One dense layer after another on all pixels: it works, with half a million parameters.
# %% solution="vae-encoder"
def build_encoder(latent_dim):
    return tfk.Sequential(
        [
            tfk.Input(shape=(32, 32, 1)),
            tfkl.Conv2D(16, 5, strides=2, padding="same", activation="elu"),
            tfkl.Conv2D(32, 3, strides=2, padding="same", activation="elu"),
            tfkl.Flatten(),
            tfkl.Dense(192, activation="elu"),
            tfkl.Dense(2 * latent_dim),
        ]
    )
