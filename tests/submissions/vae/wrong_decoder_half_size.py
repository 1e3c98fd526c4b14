# fails: vae-decoder-test
# fails when trained: vae-loss-test-2, vae-loss-test-3, vae-loss-test-4, vae-flow-test-2, vae-flow-test-3, vae-flow-test-4, vae-flow-test-5
# One transposed convolution too few: images of 16 x 16 pixels.
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
