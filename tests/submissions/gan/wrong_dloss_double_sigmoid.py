# fails: gan-dloss-test, gan-dloss-test-2
# A sigmoid, and then a loss that takes logits: the sigmoid twice.
# %% solution="gan-dloss"
def discriminator_loss(real_logits, fake_logits):
    bce = tfk.losses.BinaryCrossentropy(from_logits=True)
    real, fake = tf.sigmoid(real_logits), tf.sigmoid(fake_logits)
    return bce(tf.ones_like(real), real) + bce(tf.zeros_like(fake), fake)
