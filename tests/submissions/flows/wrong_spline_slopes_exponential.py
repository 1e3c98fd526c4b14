# fails: flows-spline-test
# exp for softplus: positive, too, and not what was asked.
# %% solution="flows-spline"
def spline_parameters(raw, n_bins, bound):
    widths, heights, slopes = tf.split(raw, [n_bins, n_bins, n_bins - 1], axis=-1)
    room = 2 * bound - 0.01 * n_bins
    return 0.01 + room * tf.nn.softmax(widths), 0.01 + room * tf.nn.softmax(heights), 0.01 + tf.exp(slopes)
