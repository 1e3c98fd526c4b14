# Forgets that the loss is a mean over the batch (2 points).
# %% solution="gan-gradient"
def generator_gradient(fake_logits, saturating):
    return -tf.sigmoid(fake_logits) if saturating else -tf.sigmoid(-fake_logits)
