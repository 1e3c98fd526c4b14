# Right: SciPy and scikit-learn do most of it.
# %% solution="deblending-iou"
def iou_and_dice(found, truth):
    from scipy.spatial.distance import dice, jaccard

    pairs = [(np.ravel(a).astype(bool), np.ravel(b).astype(bool)) for a, b in zip(found, truth)]
    full = [a.any() or b.any() for a, b in pairs]
    return (
        np.array([1 - jaccard(a, b) if any_ else 1.0 for (a, b), any_ in zip(pairs, full)]),
        np.array([1 - dice(a, b) if any_ else 1.0 for (a, b), any_ in zip(pairs, full)]),
    )

# %% solution="deblending-match"
def best_match(found, truth):
    from scipy.optimize import linear_sum_assignment

    table = np.array([[iou_and_dice(b[None], a[None])[0][0] for b in found] for a in truth])
    rows, order = linear_sum_assignment(table, maximize=True)
    return order, table[rows, order]

# %% solution="deblending-transposed"
def transposed_convolution(y, kernel, stride, shape):
    from scipy.signal import convolve2d

    apart = np.zeros((stride * (len(y) - 1) + 1, stride * (y.shape[1] - 1) + 1))
    apart[::stride, ::stride] = y
    image = np.zeros(shape)
    full = convolve2d(apart, kernel)
    image[: full.shape[0], : full.shape[1]] = full
    return image

# %% solution="deblending-energy"
def energy_distance(masks_a, p_a, masks_b, p_b):
    masks = np.concatenate([np.asarray(masks_a) > 0, np.asarray(masks_b) > 0]).reshape(len(p_a) + len(p_b), -1)
    weights = np.append(p_a, -np.asarray(p_b))
    both = masks.astype(int) @ masks.astype(int).T
    sizes = masks.sum(axis=1)
    either = sizes[:, None] + sizes - both
    iou = np.divide(both, either, out=np.ones(both.shape), where=either > 0)
    return weights @ iou @ weights

# %% solution="deblending-kl"
def kl_divergence(mean_q, log_var_q, mean_p, log_var_p):
    sd_q, sd_p = tf.exp(log_var_q / 2), tf.exp(log_var_p / 2)
    each = (log_var_p - log_var_q) / 2 + (sd_q**2 + (mean_q - mean_p) ** 2) / (2 * sd_p**2) - 0.5
    return tf.reduce_sum(each, -1)
