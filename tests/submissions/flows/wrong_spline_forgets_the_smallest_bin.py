# fails: flows-spline-test
# Softmax and softplus without the smallest width, height and slope. It trains all the same.
# %% solution="flows-spline"
def spline_parameters(raw, n_bins, bound):
    widths, heights, slopes = tf.split(raw, [n_bins, n_bins, n_bins - 1], axis=-1)
    return 2 * bound * tf.nn.softmax(widths), 2 * bound * tf.nn.softmax(heights), tf.nn.softplus(slopes)
