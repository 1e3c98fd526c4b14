# fails: halos-loss-test
# Squares in the denominator, as the V-Net had them.
# %% solution="halos-loss"
def dice_loss(truth, probabilities):
    both = tf.reduce_sum(truth * probabilities, axis=[1, 2, 3, 4])
    cells = tf.reduce_sum(truth**2 + probabilities**2, axis=[1, 2, 3, 4])
    return tf.reduce_mean(1 - (2 * both + 1) / (cells + 1))
