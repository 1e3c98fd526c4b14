# Right: TensorFlow, tensors returned, float32 where the task allows it.
# %% solution="lenses-roc"
def roc(labels, scores):
    t = tf.sort(tf.unique(tf.constant(scores))[0], direction="DESCENDING")
    taken = tf.cast(tf.constant(scores)[None, :] >= t[:, None], tf.float32)
    y = tf.constant(labels, tf.float32)
    tpr = tf.linalg.matvec(taken, y) / tf.reduce_sum(y)
    fpr = tf.linalg.matvec(taken, 1 - y) / tf.reduce_sum(1 - y)
    return tf.pad(fpr, [[1, 0]]), tf.pad(tpr, [[1, 0]])

# %% solution="lenses-auroc"
def auroc(labels, scores):
    a = tf.boolean_mask(scores, labels == 1)
    b = tf.boolean_mask(scores, labels == 0)
    return tf.reduce_mean(tf.cast(tf.sign(a[:, None] - b[None, :]) + 1, tf.float32)) / 2

# %% solution="lenses-tpr"
def tpr_at(labels, scores, false_positives):
    others = np.sort(scores[labels == 0])[::-1]
    if false_positives >= len(others):
        return tf.constant(1.0)
    # Just above the first non-lens that is too many.
    return tf.reduce_mean(tf.cast(scores[labels == 1] > others[false_positives], tf.float32))

# %% solution="lenses-completeness"
def completeness(scores, theta_E, edges, threshold):
    inside = (theta_E[None, :] >= edges[:-1, None]) & (theta_E[None, :] < edges[1:, None])
    inside = tf.cast(inside, tf.float32)
    found = tf.cast(scores >= threshold, tf.float32)
    return tf.linalg.matvec(inside, found) / tf.reduce_sum(inside, axis=1)  # 0 / 0 is nan

# %% solution="lenses-reliability"
def reliability(labels, probabilities, n_bins):
    k = tf.minimum(tf.cast(tf.floor(probabilities * n_bins), tf.int32), n_bins - 1)
    one = tf.one_hot(k, n_bins, dtype=tf.float64)
    count = tf.reduce_sum(one, axis=0)
    mean = tf.linalg.matvec(one, tf.constant(probabilities, tf.float64), transpose_a=True) / count
    fraction = tf.linalg.matvec(one, tf.constant(labels, tf.float64), transpose_a=True) / count
    return mean, fraction, count

# %% solution="lenses-prevalence"
def at_prevalence(probabilities, trained, prevalence):
    p = tf.constant(probabilities, tf.float64)
    with_lens = p * prevalence / trained
    return with_lens / (with_lens + (1 - p) * (1 - prevalence) / (1 - trained))

# %% solution="lenses-occlusion"
def occlusion_map(classify, image, size, fill):
    m = len(image) // size
    batch = []
    for k in range(m):
        for l in range(m):
            mask = np.zeros(image.shape, bool)
            mask[k * size : (k + 1) * size, l * size : (l + 1) * size] = True
            batch.append(tf.where(mask, tf.constant(fill, tf.float64), image))
    p = tf.constant(classify(image[None]), tf.float32) - tf.constant(classify(tf.stack(batch)), tf.float32)
    return tf.reshape(p, (m, m))
