# fails: vae-encoder-test
# may fail when trained: vae-loss-test-2, vae-loss-test-3, vae-loss-test-4, vae-flow-test-2, vae-flow-test-3, vae-flow-test-4, vae-flow-test-5
# A first kernel of one pixel with a stride of 2: three of four pixels are never seen.
# %% solution="vae-encoder"
def build_encoder(latent_dim):
    return tfk.Sequential(
        [
            tfk.Input(shape=(32, 32, 1)),
            tfkl.Conv2D(16, 1, strides=2, padding="same", activation="elu"),
            tfkl.Conv2D(32, 3, strides=2, padding="same", activation="elu"),
            tfkl.Flatten(),
            tfkl.Dense(64, activation="elu"),
            tfkl.Dense(2 * latent_dim),
        ]
    )
