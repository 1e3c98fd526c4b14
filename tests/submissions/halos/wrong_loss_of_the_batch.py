# fails: halos-loss-test
# One coefficient for all boxes together.
# %% solution="halos-loss"
def dice_loss(truth, probabilities):
    both = tf.reduce_sum(truth * probabilities)
    cells = tf.reduce_sum(truth + probabilities)
    return tf.reduce_mean(1 - (2 * both + 1) / (cells + 1))
