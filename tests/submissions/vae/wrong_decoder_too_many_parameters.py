# fails: vae-decoder-test
# A wider dense layer before the widest: it works, with four hundred thousand parameters.
# %% solution="vae-decoder"
def build_decoder(latent_dim):
    return tfk.Sequential(
        [
            tfk.Input(shape=(latent_dim,)),
            tfkl.Dense(192, activation="elu"),
            tfkl.Dense(8 * 8 * 32, activation="elu"),
            tfkl.Reshape((8, 8, 32)),
            tfkl.Conv2DTranspose(16, 4, strides=2, padding="same", activation="elu"),
            tfkl.Conv2DTranspose(1, 4, strides=2, padding="same"),
        ]
    )
