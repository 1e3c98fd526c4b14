# fails: gan-discriminator-test
# fails when trained: gan-discriminator-test-2, gan-discriminator-test-3
# A sigmoid at the end, and then a loss that takes logits: the probabilities are between 1/2 and 0.73.
# %% solution="gan-discriminator"
def build_discriminator(dim):
    return tfk.Sequential(
        [
            tfk.Input(shape=(dim,)),
            tfkl.Dense(48, activation="relu"),
            tfkl.Dense(48, activation="relu"),
            tfkl.Dense(1, activation="sigmoid"),
        ]
    )
