# Right: TensorFlow everywhere. Results are tensors, gradients come from the tape.

# %% solution="backprop-activations"
def sigmoid(z):
    return tf.sigmoid(z)


def relu(z):
    return tf.nn.relu(z)


def softplus(z):
    return tf.nn.softplus(z)


# %% solution="backprop-derivatives"
def slope(function, z):
    z = tf.Variable(z)
    with tf.GradientTape() as tape:
        out = function(z)
    return tape.gradient(out, z)


def sigmoid_prime(z):
    return slope(tf.sigmoid, z)


def tanh_prime(z):
    return slope(tf.tanh, z)


def relu_prime(z):
    return slope(tf.nn.relu, z)


# %% solution="backprop-mse"
def mean_squared_error(t, y):
    return tf.reduce_mean(tf.square(t - y))


# %% solution="backprop-bce"
def binary_cross_entropy(t, p):
    return -tf.reduce_mean(tf.where(t == 1, tf.math.log(p), tf.math.log1p(-p)))


# %% solution="backprop-logits"
def bce_from_logits(t, z):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=t, logits=z))


# %% solution="backprop-slopes"
def mse_slope(t, z):
    z = tf.constant(z)
    with tf.GradientTape() as tape:
        tape.watch(z)
        loss = (t - tf.sigmoid(z)) ** 2
    return tape.gradient(loss, z)


def bce_slope(t, z):
    return tf.sigmoid(z) - t


# %% solution="backprop-chain"
def chain_gradients(x, t, weights, biases):
    ws, bs = tf.Variable(weights, dtype=tf.float64), tf.Variable(biases, dtype=tf.float64)
    with tf.GradientTape() as tape:
        a = tf.constant(x, tf.float64)
        for i in range(len(weights)):
            a = tf.tanh(ws[i] * a + bs[i])
        loss = (a - t) ** 2
    dw, db = tape.gradient(loss, [ws, bs])
    return tf.convert_to_tensor(dw), tf.convert_to_tensor(db)


# %% solution="backprop-forward"
def forward(x, weights, biases):
    layers = [tfkl.Dense(len(bias), dtype="float64") for bias in biases]
    zs, a = [], tf.constant(x)
    for layer, weight, bias in zip(layers, weights, biases):
        layer.build(a.shape)
        layer.set_weights([weight, bias])
        zs.append(layer(a))
        a = tf.tanh(zs[-1])
    return tuple(zs)


# %% solution="backprop-backward"
def loss_and_gradients(x, t, weights, biases):
    ws, bs = [tf.constant(v) for v in weights], [tf.constant(v) for v in biases]
    with tf.GradientTape() as tape:
        tape.watch([ws, bs])
        a = x
        for weight, bias in zip(ws, bs):
            z = a @ weight + bias
            a = tf.tanh(z)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=t, logits=z))
    gradients = tape.gradient(loss, [ws, bs])
    return loss, gradients[0], gradients[1]


# %% solution="backprop-descent"
def descent_step(theta, gradient, learning_rate):
    return tf.subtract(theta, learning_rate * gradient)


# %% solution="backprop-momentum"
def momentum_step(theta, gradient, velocity, learning_rate, momentum):
    new = tf.constant(momentum, tf.float64) * velocity - learning_rate * gradient
    return tf.add(theta, new), new


# %% solution="backprop-adam"
def adam_step(theta, gradient, m, v, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = m + (1 - beta1) * (gradient - m)
    v = v + (1 - beta2) * (tf.square(gradient) - v)
    step = tf.divide(m / (1 - beta1**t), tf.sqrt(v / (1 - beta2**t)) + epsilon)
    return [theta - learning_rate * step, m, v]


# %% solution="backprop-train"
def train(loss_and_gradients, x, t, x_val, t_val, weights, biases, learning_rate=0.5, epochs=10, batch_size=32):
    ws, bs = [tf.Variable(v) for v in weights], [tf.Variable(v) for v in biases]
    losses, val_losses = [], []
    batches = tf.data.Dataset.from_tensor_slices((x, t)).batch(batch_size)

    def now():
        return [v.numpy() for v in ws], [v.numpy() for v in bs]

    for _ in range(epochs):
        for x_batch, t_batch in batches:
            _, dw, db = loss_and_gradients(x_batch.numpy(), t_batch.numpy(), *now())
            for variable, gradient in zip(ws + bs, list(dw) + list(db)):
                variable.assign_sub(learning_rate * gradient)
        losses.append(loss_and_gradients(x, t, *now())[0])
        val_losses.append(loss_and_gradients(x_val, t_val, *now())[0])
    return ws, bs, losses, val_losses
