# fails: gan-discriminator-test
# %% solution="gan-discriminator"
def build_discriminator(dim):
    return tfk.Sequential(
        [
            tfk.Input(shape=(dim,)),
            tfkl.Dense(48, activation="relu"),
            tfkl.Dense(48, activation="relu"),
            tfkl.Dense(1),
            tfkl.Lambda(lambda logits: tf.clip_by_value(logits, -50.0, 50.0)),
        ]
    )
