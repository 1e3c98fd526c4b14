# fails: halos-loss-test
# fails when trained: halos-step-test-2, halos-step-test-3
# The coefficient itself, which a descent makes small.
# %% solution="halos-loss"
def dice_loss(truth, probabilities):
    both = tf.reduce_sum(truth * probabilities, axis=[1, 2, 3, 4])
    cells = tf.reduce_sum(truth + probabilities, axis=[1, 2, 3, 4])
    return tf.reduce_mean((2 * both + 1) / (cells + 1))
