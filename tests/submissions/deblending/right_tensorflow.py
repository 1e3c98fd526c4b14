# Right: TensorFlow for arrays, and what it returns are tensors.
# %% solution="deblending-masks"
def true_masks(light, level):
    masks = tf.constant(light) > level
    owners = tf.reduce_sum(tf.cast(masks, tf.int32), axis=-1)
    owned = tf.math.count_nonzero(owners >= 1, axis=[1, 2])
    return masks, tf.math.count_nonzero(owners >= 2, axis=[1, 2]) / tf.maximum(owned, 1)

# %% solution="deblending-iou"
def iou_and_dice(found, truth):
    a, b = (tf.cast(tf.constant(np.array(part, dtype=float)) > 0.5, tf.float64) for part in (found, truth))
    both = tf.reduce_sum(a * b, axis=[1, 2])
    total = tf.reduce_sum(a + b, axis=[1, 2])
    empty = total == 0
    one = tf.ones_like(total)
    return tf.where(empty, one, both / tf.where(empty, one, total - both)), tf.where(empty, one, 2 * both / tf.where(empty, one, total))

# %% solution="deblending-transposed"
def transposed_convolution(y, kernel, stride, shape):
    full = tf.nn.conv2d_transpose(
        tf.constant(y, tf.float64)[None, :, :, None],
        tf.constant(kernel, tf.float64)[:, :, None, None],
        [1, stride * (y.shape[0] - 1) + kernel.shape[0], stride * (y.shape[1] - 1) + kernel.shape[1], 1],
        stride,
        "VALID",
    )[0, :, :, 0]
    return tf.pad(full, [[0, shape[0] - full.shape[0]], [0, shape[1] - full.shape[1]]])

# %% solution="deblending-fluxes"
def fluxes(images, expected):
    expected = tf.constant(expected)
    share = tf.math.divide_no_nan(expected, tf.reduce_sum(expected, -1, keepdims=True))
    return tf.einsum("nhw,nhwk->nk", tf.constant(images, expected.dtype), share)

# %% solution="deblending-mixture"
def mixture_loss(gate, logits, masks):
    sign = 2 * masks[..., None, :] - 1
    each = tf.reduce_sum(tf.math.log_sigmoid(sign * logits), axis=(-1, 1, 2))
    together = gate - tf.reduce_logsumexp(gate, axis=-1, keepdims=True) + each
    return tf.reduce_mean(-tf.reduce_logsumexp(together, axis=-1))

# %% solution="deblending-latent"
def latent(image, masks, prior, posterior, noise, training):
    if training:
        middle, log_var = posterior(image, masks)
    else:
        middle, log_var = prior(image)
    return tf.add(middle, tf.multiply(tf.sqrt(tf.exp(log_var)), noise))
