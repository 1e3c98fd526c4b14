# fails: deblending-transposed-test, deblending-threshold-test, deblending-kl-test
# Numbers have the type of what came in: differences of bytes are never below 0, and sums of fractions become whole with
# a whole kernel. Ratios of variances are cut.
# %% solution="deblending-transposed"
def transposed_convolution(y, kernel, stride, shape):
    image = np.zeros(shape, dtype=kernel.dtype)
    for i, j in np.ndindex(*y.shape):
        for a, b in np.ndindex(*kernel.shape):
            image[stride * i + a, stride * j + b] += y[i, j] * kernel[a, b]
    return image

# %% solution="deblending-threshold"
def iou(a, b):
    a, b = a * 1, b * 1
    both, off = np.sum(a * b, axis=(1, 2)), np.sum(np.abs(a - b), axis=(1, 2))
    return np.where(both + off > 0, both / np.maximum(both + off, 1), 1.0)


def best_threshold(masks, probabilities):
    pixels, best = np.tensordot(probabilities, masks, axes=1), (-1.0, 1.0)
    for t in [1.0, *pixels[pixels > 0]]:
        found = np.repeat((pixels >= t)[None], len(masks), axis=0).astype(masks.dtype)
        best = max(best, (float(probabilities @ iou(found, masks)), float(t)))
    return best[1], best[0]

# %% solution="deblending-kl"
def kl_divergence(mean_q, log_var_q, mean_p, log_var_p):
    ratio = tf.clip_by_value(log_var_q - log_var_p, -20.0, 20.0)
    return 0.5 * tf.reduce_sum(tf.exp(ratio) - 1 - ratio + (mean_q - mean_p) ** 2 * tf.exp(-log_var_p), axis=1)
