# fails: halos-loss-test
# fails when trained: halos-step-test-2, halos-step-test-3
# A mask has no slope: nothing is learnt.
# %% solution="halos-loss"
def dice_loss(truth, probabilities):
    mask = tf.round(probabilities)
    both = tf.reduce_sum(truth * mask, axis=[1, 2, 3, 4])
    return tf.reduce_mean(1 - (2 * both + 1) / (tf.reduce_sum(truth + mask, axis=[1, 2, 3, 4]) + 1))
