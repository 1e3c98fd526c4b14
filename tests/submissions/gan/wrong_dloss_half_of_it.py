# fails: gan-dloss-test, gan-dloss-test-2
# One mean over all samples of both kinds: half of the loss for batches of one size.
# %% solution="gan-dloss"
def discriminator_loss(real_logits, fake_logits):
    return tf.reduce_mean(tf.nn.softplus(tf.concat([-real_logits, fake_logits], axis=0)))
