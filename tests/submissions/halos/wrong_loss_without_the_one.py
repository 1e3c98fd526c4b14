# fails: halos-loss-test
# Without the 1, empty masks divide by nothing.
# %% solution="halos-loss"
def dice_loss(truth, probabilities):
    both = tf.reduce_sum(truth * probabilities, axis=[1, 2, 3, 4])
    cells = tf.reduce_sum(truth + probabilities, axis=[1, 2, 3, 4])
    return tf.reduce_mean(1 - tf.math.divide_no_nan(2 * both, cells))
