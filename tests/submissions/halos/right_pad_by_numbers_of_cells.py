# Right: cells are taken by their numbers, all at once, which a network then holds; a mask is a boolean in the loss.
# %% solution="halos-pad"
def periodic_pad(x, cells):
    sides, channels = tuple(x.shape[1:-1]), x.shape[-1]
    numbers = np.pad(np.arange(np.prod(sides)).reshape(sides), cells, mode="wrap")
    taken = tf.gather(tf.reshape(x, (-1, np.prod(sides), channels)), numbers.ravel(), axis=1)
    return tf.reshape(taken, (-1, *numbers.shape, channels))

# %% solution="halos-loss"
def dice_loss(truth, probabilities):
    axes = [1, 2, 3, 4]
    both = tf.reduce_sum(tf.where(truth > 0.5, probabilities, 0.0), axis=axes)
    cells = tf.math.count_nonzero(truth > 0.5, axis=axes, dtype=tf.float32)
    return tf.reduce_mean(1 - (2 * both + 1) / (cells + tf.reduce_sum(probabilities, axis=axes) + 1))
