# fails: gan-dloss-test-2
# ln(1 - D) from the probability, cut off at 1e-7: never more than 16.
# %% solution="gan-dloss"
def discriminator_loss(real_logits, fake_logits):
    real = np.clip(1 / (1 + np.exp(-np.float64(real_logits))), 1e-7, 1 - 1e-7)
    fake = np.clip(1 / (1 + np.exp(-np.float64(fake_logits))), 1e-7, 1 - 1e-7)
    return -np.mean(np.log(real)) - np.mean(np.log(1 - fake))
