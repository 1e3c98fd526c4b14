# fails: gan-gloss-test, gan-gloss-test-2
# The generator helps the discriminator: both signs are wrong.
# %% solution="gan-gloss"
def generator_loss(fake_logits, saturating):
    if saturating:
        return tf.reduce_mean(tf.nn.softplus(fake_logits))
    return -tf.reduce_mean(tf.nn.softplus(-fake_logits))
