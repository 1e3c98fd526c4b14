# Right: tensors wherever there can be some.
# %% solution="displacement-zeldovich"
def zeldovich(delta):
    delta = tf.cast(delta, tf.complex128)
    rows, columns = (tf.constant(2 * np.pi * np.fft.fftfreq(side)) for side in delta.shape)
    k = tf.stack(tf.meshgrid(rows, columns, indexing="ij"))
    squares = tf.reduce_sum(k**2, axis=0)
    inverse = tf.math.divide_no_nan(tf.ones_like(squares), squares)
    waves = tf.complex(tf.zeros_like(k), k * inverse) * tf.signal.fft2d(delta)
    return tf.transpose(tf.math.real(tf.signal.ifft2d(waves)), (1, 2, 0))

# %% solution="displacement-tides"
def tides(delta):
    delta = tf.cast(delta, tf.complex128)
    rows, columns = (tf.constant(2 * np.pi * np.fft.fftfreq(side)) for side in delta.shape)
    k = tf.stack(tf.meshgrid(rows, columns, indexing="ij"))
    factor = tf.math.divide_no_nan(k[:, None] * k[None], tf.reduce_sum(k**2, axis=0))
    waves = tf.cast(factor, tf.complex128) * tf.signal.fft2d(delta)
    return tf.transpose(tf.math.real(tf.signal.ifft2d(waves)), (2, 3, 0, 1))

# %% solution="displacement-leapfrog"
def leapfrog(x, p, a, b, force):
    x, p, a, b = (tf.cast(part, tf.float64) for part in (x, p, a, b))
    p += (tf.sqrt(b) - tf.sqrt(a)) * tf.convert_to_tensor(force(np.asarray(x)))
    x += 2 * (tf.math.rsqrt(a) - tf.math.rsqrt(b)) * p
    return x, p + (tf.sqrt(b) - tf.sqrt(a)) * tf.convert_to_tensor(force(np.asarray(x)))

# %% solution="displacement-pad"
def periodic_pad(x, width):
    h, w = x.shape[1:3]
    x = tf.gather(x, tf.range(-width, h + width) % h, axis=1)
    return tf.gather(x, tf.range(-width, w + width) % w, axis=2)

# %% solution="displacement-augment"
def augment(fields, shift, flip, swap):
    fields = tf.roll(tf.convert_to_tensor(fields), [int(number) for number in shift], [1, 2])
    for axis in (0, 1):
        if flip[axis]:
            sign = tf.constant([-1.0 if axis == 0 else 1.0, -1.0 if axis == 1 else 1.0], fields.dtype)
            fields = tf.reverse(fields, [axis + 1]) * sign
    return tf.reverse(tf.transpose(fields, (0, 2, 1, 3)), [3]) if swap else fields

# %% solution="displacement-step"
def train_step(network, optimizer, first, truth):
    variables = network.trainable_variables
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([getattr(variable, "value", variable) for variable in variables])
        loss = tf.reduce_mean(tf.math.squared_difference(truth, network(first, training=True) + first))
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    return tf.identity(loss)
