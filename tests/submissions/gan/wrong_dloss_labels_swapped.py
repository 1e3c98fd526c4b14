# fails: gan-dloss-test, gan-dloss-test-2
# Real samples get the label 0.
# %% solution="gan-dloss"
def discriminator_loss(real_logits, fake_logits):
    return tf.reduce_mean(tf.nn.softplus(real_logits)) + tf.reduce_mean(tf.nn.softplus(-fake_logits))
