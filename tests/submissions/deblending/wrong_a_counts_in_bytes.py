# fails: deblending-threshold-test, deblending-energy-test, deblending-mixture-test
# Pixels are counted in bytes; where all is small, the largest term stands for the sum.
# %% solution="deblending-threshold"
def best_threshold(masks, probabilities):
    masks = np.asarray(masks) > 0.5
    pixels = np.tensordot(probabilities, masks.astype(float), axes=1)
    tried = [t for t in [1.0, *np.unique(pixels)] if t > 0]
    best = (-1.0, 1.0)
    for t in tried:
        found = pixels >= t
        both = (masks & found).sum(axis=(1, 2), dtype=np.uint8).astype(float)
        either = (masks | found).sum(axis=(1, 2), dtype=np.uint8).astype(float)
        iou = np.where(either > 0, both / np.maximum(either, 1), 1.0)
        value = float(probabilities @ iou)
        if value > best[0]:
            best = (value, t)
    return best[1], best[0]


# %% solution="deblending-energy"
def energy_distance(masks_a, p_a, masks_b, p_b):
    def expected(one, p, other, q):
        a, b = ((np.asarray(m) > 0.5).reshape(len(m), -1).astype(np.uint8) for m in (one, other))
        both = (a @ b.T).astype(float)
        either = a.sum(axis=1, dtype=float)[:, None] + b.sum(axis=1, dtype=float) - both
        return p @ np.where(either > 0, 1 - both / np.maximum(either, 1), 0.0) @ q

    within = expected(masks_a, p_a, masks_a, p_a) + expected(masks_b, p_b, masks_b, p_b)
    return 2 * expected(masks_a, p_a, masks_b, p_b) - within


# %% solution="deblending-mixture"
def mixture_loss(gate, logits, masks):
    labels = tf.broadcast_to(masks[:, :, :, None], tf.shape(logits))
    each = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits), axis=[1, 2, 4])
    parts = tf.nn.log_softmax(gate) - each
    total = tf.reduce_sum(tf.exp(parts), axis=1)
    tiny = total < 1e-30
    logarithm = tf.math.log(tf.where(tiny, tf.ones_like(total), total))
    return -tf.reduce_mean(tf.where(tiny, tf.reduce_max(parts, axis=1), logarithm))
