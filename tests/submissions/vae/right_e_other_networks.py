# Right, with other networks: other kernels and widths.
# %% solution="vae-encoder"
def build_encoder(latent_dim):
    model = tfk.Sequential()
    model.add(tfkl.InputLayer(shape=(32, 32, 1)))
    model.add(tfkl.Conv2D(16, 4, strides=2, padding="same", activation="elu"))
    model.add(tfkl.Conv2D(32, 4, strides=2, padding="same", activation="elu"))
    model.add(tfkl.Reshape((8 * 8 * 32,)))
    model.add(tfkl.Dense(80, activation="elu"))
    model.add(tfkl.Dense(latent_dim * 2))
    return model

# %% solution="vae-decoder"
def build_decoder(latent_dim):
    model = tfk.Sequential()
    model.add(tfkl.InputLayer(shape=(latent_dim,)))
    model.add(tfkl.Dense(80, activation="elu"))
    model.add(tfkl.Dense(8 * 8 * 24, activation="elu"))
    model.add(tfkl.Reshape((8, 8, 24)))
    model.add(tfkl.Conv2DTranspose(16, 4, strides=2, padding="same", activation="elu"))
    model.add(tfkl.Conv2DTranspose(1, 6, strides=2, padding="same"))
    return model
