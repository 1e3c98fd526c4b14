# fails: gan-discriminator-test
# %% solution="gan-discriminator"
def build_discriminator(dim):
    return tfk.Sequential(
        [
            tfk.Input(shape=(dim,)),
            tfkl.Lambda(lambda x: x[:, :1]),
            tfkl.Dense(48, activation="relu"),
            tfkl.Dense(48, activation="relu"),
            tfkl.Dense(1),
        ]
    )
