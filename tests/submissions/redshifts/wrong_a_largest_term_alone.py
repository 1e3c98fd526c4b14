# fails: redshifts-mixture-test, redshifts-network-test, redshifts-maps-test
# Far out the largest term stands for the sum; raw numbers are cut at 1000.
# %% solution="redshifts-mixture"
def mixture_log_density(z, logits, means, scales):
    logarithms = -(((z[:, None] - means) / scales) ** 2) / 2 - tf.math.log(scales) - 0.5 * np.log(2 * np.pi)
    terms = tf.nn.log_softmax(logits) + logarithms
    total = tf.reduce_sum(tf.exp(terms), axis=1)
    tiny = total < 1e-30
    return tf.where(tiny, tf.reduce_max(terms, axis=1), tf.math.log(tf.where(tiny, tf.ones_like(total), total)))


# %% solution="redshifts-network"
def build_network(n_inputs, n_components, hidden):
    inner = [tfkl.Dense(hidden, "silu") for _ in range(3)]
    cut = tfkl.Lambda(lambda x: tf.clip_by_value(x, -1000.0, 1000.0))
    return tfk.Sequential([tfk.Input((n_inputs,)), *inner, tfkl.Dense(3 * n_components), cut])



# %% solution="redshifts-maps"
def build_map_network(size, width):
    x = inputs = tfk.Input((size, size, 1))
    for filters in (width, width, 2 * width):
        x = tfkl.Conv2D(filters, 3, activation="relu")(Wrap()(x))
    x = tfkl.Dense(1)(tfkl.Dense(64, "relu")(tfkl.GlobalAveragePooling2D()(x)))
    return tfk.Model(inputs, tfkl.Lambda(lambda x: tf.clip_by_value(x, -1000.0, 1000.0))(x))
