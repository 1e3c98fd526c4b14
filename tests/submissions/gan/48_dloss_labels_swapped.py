# Real samples get the label 0. Loses both tests (3 points).
# %% solution="gan-dloss"
def discriminator_loss(real_logits, fake_logits):
    return tf.reduce_mean(tf.nn.softplus(real_logits)) + tf.reduce_mean(tf.nn.softplus(-fake_logits))
