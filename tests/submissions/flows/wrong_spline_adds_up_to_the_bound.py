# fails: flows-spline-test
# fails when trained: flows-spline-test-2
# Widths and heights add up to B, not to 2 B: the spline ends in the middle, at 0.
# %% solution="flows-spline"
def spline_parameters(raw, n_bins, bound):
    widths, heights, slopes = tf.split(raw, [n_bins, n_bins, n_bins - 1], axis=-1)
    room = bound - 0.01 * n_bins
    return 0.01 + room * tf.nn.softmax(widths), 0.01 + room * tf.nn.softmax(heights), 0.01 + tf.nn.softplus(slopes)
