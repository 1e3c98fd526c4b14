# fails when trained: vae-loss-test-2, vae-loss-test-3, vae-loss-test-4, vae-flow-test-2, vae-flow-test-3, vae-flow-test-4, vae-flow-test-5
# A global average after the first convolution: how bright it is survives, where the light is does not. All that needs
# training is lost (8).
# %% solution="vae-encoder"
def build_encoder(latent_dim):
    return tfk.Sequential(
        [
            tfk.Input(shape=(32, 32, 1)),
            tfkl.Conv2D(2, 3, strides=2, padding="same", activation="elu"),
            tfkl.GlobalAveragePooling2D(),
            tfkl.Dense(64, activation="elu"),
            tfkl.Dense(2 * latent_dim),
        ]
    )
