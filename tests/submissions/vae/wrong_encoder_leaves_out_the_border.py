# fails: vae-encoder-test
# may fail when trained: vae-loss-test-2, vae-loss-test-3, vae-loss-test-4, vae-flow-test-2, vae-flow-test-3, vae-flow-test-4, vae-flow-test-5
# The galaxy is in the middle, so a border of 7 pixels is cut off before the first layer: every pixel counts.
# %% solution="vae-encoder"
def build_encoder(latent_dim):
    return tfk.Sequential(
        [
            tfk.Input(shape=(32, 32, 1)),
            tfkl.Cropping2D(7),
            tfkl.Conv2D(16, 5, strides=2, padding="same", activation="elu"),
            tfkl.Conv2D(32, 3, strides=2, padding="same", activation="elu"),
            tfkl.Flatten(),
            tfkl.Dense(64, activation="elu"),
            tfkl.Dense(2 * latent_dim),
        ]
    )
