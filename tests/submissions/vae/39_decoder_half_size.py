# trained
# One transposed convolution too few: images of 16 x 16 pixels. Loses the task (3), and nothing can be trained (8).
# %% solution="vae-decoder"
def build_decoder(latent_dim):
    return tfk.Sequential(
        [
            tfk.Input(shape=(latent_dim,)),
            tfkl.Dense(8 * 8 * 32, activation="elu"),
            tfkl.Reshape((8, 8, 32)),
            tfkl.Conv2DTranspose(1, 4, strides=2, padding="same"),
        ]
    )
