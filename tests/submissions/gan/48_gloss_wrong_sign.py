# The generator helps the discriminator: both signs are wrong. Loses both tests (3 points).
# %% solution="gan-gloss"
def generator_loss(fake_logits, saturating):
    if saturating:
        return tf.reduce_mean(tf.nn.softplus(fake_logits))
    return -tf.reduce_mean(tf.nn.softplus(-fake_logits))
