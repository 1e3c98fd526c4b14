# Convolutions without padding: what their strides leave over at the last rows and columns is lost.
# %% solution="vae-encoder"
def build_encoder(latent_dim):
    return tfk.Sequential(
        [
            tfk.Input(shape=(32, 32, 1)),
            tfkl.Conv2D(16, 5, strides=2, activation="elu"),
            tfkl.Conv2D(32, 4, strides=2, activation="elu"),
            tfkl.Conv2D(32, 3, strides=2, activation="elu"),
            tfkl.Flatten(),
            tfkl.Dense(64, activation="elu"),
            tfkl.Dense(2 * latent_dim),
        ]
    )
