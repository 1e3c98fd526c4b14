# Right, with TensorFlow and in float32.
# %% solution="lenses-stretch"
def asinh_stretch(images, noise):
    return tf.math.asinh(tf.cast(images, tf.float32) / noise)

# %% solution="lenses-dihedral"
def dihedral(images):
    images = tf.cast(images, tf.float32)
    mirrored = tf.image.flip_up_down(images)
    return tf.stack([tf.image.rot90(x, k) for x in (mirrored, images) for k in (3, 1, 2, 0)])

# %% solution="lenses-split"
def split(objects, fractions, seed):
    names, number = np.unique(objects, return_inverse=True)
    place = tf.random.experimental.stateless_shuffle(np.arange(len(names)), seed=[seed, 7]).numpy()
    ends = np.ceil(np.cumsum(fractions)[:2] * len(names) - 1e-9)
    part = np.digitize(place[number], ends)
    return tuple(tf.where(part == k)[:, 0] for k in range(3))

# %% solution="lenses-epoch"
def epoch(images, labels, rng, training):
    images, labels = tf.cast(images, tf.float32), tf.convert_to_tensor(labels)
    if training:
        order = rng.permutation(len(labels))
        images, labels = tf.gather(images, order), tf.gather(labels, order)
        for turn in (tf.image.flip_left_right, tf.image.flip_up_down, lambda x: tf.transpose(x, (0, 2, 1, 3))):
            coin = rng.random(len(labels)) < 0.5
            images = tf.where(coin[:, None, None, None], turn(images), images)
    return images, labels

# %% solution="lenses-profile"
def radial_profile(images, edges):
    s = images.shape[1]
    axis = tf.range(s, dtype=tf.float64) - (s - 1) / 2
    r = tf.sqrt(axis[:, None] ** 2 + axis[None, :] ** 2)
    edges = tf.cast(edges, tf.float64)
    inside = tf.cast((r[None] >= edges[:-1, None, None]) & (r[None] < edges[1:, None, None]), tf.float64)
    return tf.einsum("nij,kij->nk", tf.cast(images, tf.float64), inside) / tf.reduce_sum(inside, axis=(1, 2))
