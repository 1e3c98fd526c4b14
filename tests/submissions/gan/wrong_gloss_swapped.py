# fails: gan-gloss-test, gan-gloss-test-2
# The saturating loss for the other one, and the other way round.
# %% solution="gan-gloss"
def generator_loss(fake_logits, saturating):
    if saturating:
        return tf.reduce_mean(tf.nn.softplus(-fake_logits))
    return -tf.reduce_mean(tf.nn.softplus(fake_logits))
