# fails: flows-spline-test
# fails when trained: flows-spline-test-2
# The right numbers by NumPy: no gradient passes, and nothing learns.
# %% solution="flows-spline"
def spline_parameters(raw, n_bins, bound):
    raw = np.asarray(raw, dtype=np.float32)

    def bins(u):
        weights = np.exp(u - u.max(axis=-1, keepdims=True))
        return 0.01 + (2 * bound - 0.01 * n_bins) * weights / weights.sum(axis=-1, keepdims=True)

    widths, heights, slopes = np.split(raw, [n_bins, 2 * n_bins], axis=-1)
    return [tf.constant(part, tf.float32) for part in (bins(widths), bins(heights), 0.01 + np.logaddexp(0, slopes))]
