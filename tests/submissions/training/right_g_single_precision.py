# Right: single precision, Keras' own loss, a model that was not built, layers that start at zero.
# %% solution="training-standardise"
def standardise(train, x):
    train, x = tf.cast(train, tf.float64), tf.cast(x, tf.float64)
    width = tf.math.reduce_std(train, axis=0)
    alike = tf.reduce_all(train == train[:1], axis=0)
    return (x - tf.where(alike, train[0], tf.reduce_mean(train, axis=0))) / tf.where(alike, tf.ones_like(width), width)

# %% solution="training-rate"
def largest_rate(x):
    return np.float32(len(x)) / np.max(np.linalg.svd(np.array(x, "float32"), compute_uv=False)) ** 2

# %% solution="training-batchnorm"
def batch_norm(x, gamma, beta, mean, variance, training):
    x, gamma, beta, mean, variance = (np.asarray(part, "float32") for part in (x, gamma, beta, mean, variance))
    used = [x.mean(0), x.var(0)] if training else [mean, variance]
    answer = tf.nn.batch_normalization(x, *used, beta, gamma, 1e-3)
    share = 0.01 if training else 0.0
    return answer, mean + share * (used[0] - mean), variance + share * (used[1] - variance)

# %% solution="training-residual"
def build_residual(width, depth):
    start = signal = tfk.Input((width,))
    for _ in range(depth):
        inner = tfkl.Activation("relu")(tfkl.Dense(width, kernel_initializer="he_normal")(signal))
        signal = signal + tfkl.Dense(width, kernel_initializer="zeros")(inner)
    return tfk.Model(inputs=start, outputs=signal)

# %% solution="training-step"
def training_step(model, optimizer, x, y, limit):
    with tf.GradientTape() as tape:
        loss = tfk.losses.MeanSquaredError()(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_weights)
    length = tf.linalg.global_norm(gradients)
    optimizer.apply([gradient * tf.minimum(limit / length, 1.0) for gradient in gradients], model.trainable_weights)
    return loss

# %% solution="training-transfer"
def build_transfer(network, outputs):
    network.trainable = False
    return tfk.Sequential([*network.layers[:-1], tfkl.Dense(outputs, kernel_initializer="zeros")])
