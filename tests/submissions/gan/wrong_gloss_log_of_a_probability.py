# fails: gan-gloss-test-2
# Logarithms of probabilities: infinite where the discriminator is sure.
# %% solution="gan-gloss"
def generator_loss(fake_logits, saturating):
    d = 1 / (1 + np.exp(-np.float64(fake_logits)))
    return np.mean(np.log(1 - d)) if saturating else -np.mean(np.log(d))
