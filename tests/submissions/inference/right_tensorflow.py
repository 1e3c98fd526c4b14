# Right: TensorFlow in double precision where the reference has NumPy; tensors come back.
# %% solution="inference-rejection"
def nearby_simulations(theta, x, observed, scales, epsilon):
    squares = tf.square(tf.constant((x - observed) / scales, tf.float64))
    return tf.boolean_mask(theta, tf.sqrt(tf.reduce_mean(squares, axis=1)) <= epsilon)

# %% solution="inference-coverage"
def credibility(density, cells, area):
    density = tf.cast(density, tf.float64)
    above = density > tf.gather(density, tf.cast(cells, tf.int32), batch_dims=1)[:, tf.newaxis]
    return area * tf.reduce_sum(tf.where(above, density, tf.zeros_like(density)), axis=1)

# %% solution="inference-gain"
def information_gain(log_q, log_prior):
    gain = tf.cast(log_q, tf.float64) - tf.cast(log_prior, tf.float64)
    return tf.reduce_mean(gain), tf.math.reduce_std(gain) / np.sqrt(gain.shape[0] - 1)
