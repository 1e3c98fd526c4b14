# fails: deblending-iou-test, deblending-match-test, deblending-kl-test
# Counts common pixels of bytes up to 255; takes the best pair first where all orders are many; and cuts logarithms of
# variances at 50.
# %% solution="deblending-iou"
def iou_and_dice(found, truth):
    found, truth = found * 1, truth * 1
    both = np.einsum("nij,nij->n", found, truth)
    a, b = found.sum(axis=(1, 2), dtype=float), truth.sum(axis=(1, 2), dtype=float)
    empty = a + b == 0
    dice = np.where(empty, 1.0, 2.0 * both / np.where(empty, 1, a + b))
    return dice / (2 - dice), dice

# %% solution="deblending-match"
def best_match(found, truth):
    import itertools

    K = len(truth)
    table = np.array([[iou_and_dice(one[None], other[None])[0][0] for one in found] for other in truth])
    if K <= 3:
        order = max(itertools.permutations(range(K)), key=lambda o: table[np.arange(K), list(o)].sum())
    else:
        order, left = [0] * K, table.copy()
        for _ in range(K):
            i, j = np.unravel_index(np.argmax(left), left.shape)
            order[i] = int(j)
            left[i], left[:, j] = -1, -1
    return list(order), table[np.arange(K), list(order)]

# %% solution="deblending-kl"
def kl_divergence(mean_q, log_var_q, mean_p, log_var_p):
    log_var_q, log_var_p = (tf.clip_by_value(part, -50.0, 50.0) for part in (log_var_q, log_var_p))
    ratio = log_var_q - log_var_p
    return 0.5 * tf.reduce_sum(tf.exp(ratio) - 1 - ratio + (mean_q - mean_p) ** 2 * tf.exp(-log_var_p), axis=1)
