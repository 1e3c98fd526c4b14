# fails: gan-gradient-test
# Forgets that the loss is a mean over the batch.
# %% solution="gan-gradient"
def generator_gradient(fake_logits, saturating):
    return -tf.sigmoid(fake_logits) if saturating else -tf.sigmoid(-fake_logits)
