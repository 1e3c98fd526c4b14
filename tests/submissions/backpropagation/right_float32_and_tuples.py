# Right: float32, tuples and lists in place of arrays, mean written as sum over size.

# %% solution="backprop-activations"
def sigmoid(z):
    return (0.5 * (1 + np.tanh(z / 2))).astype(np.float32)


def relu(z):
    return (z * (z > 0)).tolist()


def softplus(z):
    return tuple(np.logaddexp(np.float32(0), z.astype(np.float32)))


# %% solution="backprop-derivatives"
def sigmoid_prime(z):
    return np.float32(0.25) / np.cosh(z.astype(np.float32) / 2) ** 2


def tanh_prime(z):
    return (1 - np.tanh(z.astype(np.float32)) ** 2).tolist()


def relu_prime(z):
    return z > 0


# %% solution="backprop-mse"
def mean_squared_error(t, y):
    t, y = t.astype(np.float32), y.astype(np.float32)
    return [np.sum(np.square(y - t)) / y.size]


# %% solution="backprop-bce"
def binary_cross_entropy(t, p):
    return np.float32(np.sum(np.where(t == 1, -np.log(p), -np.log1p(-p))) / np.size(p))


# %% solution="backprop-logits"
def bce_from_logits(t, z):
    signs = np.where(t == 1, -1, 1).astype(np.float32)
    return np.logaddexp(np.float32(0), signs * z.astype(np.float32)).mean(dtype=np.float32)


# %% solution="backprop-slopes"
def mse_slope(t, z):
    p = 1 / (1 + np.exp(-z))
    return list(-2 * (t - p) * p * (1 - p))


def bce_slope(t, z):
    p = 1 / (1 + np.exp(-z))
    return (p - t).astype(np.float32).tolist()


# %% solution="backprop-chain"
def chain_gradients(x, t, weights, biases):
    a = np.float32(x)
    inputs, outputs = [], []
    for weight, bias in zip(weights, biases):
        inputs.append(a)
        a = np.tanh(np.float32(weight) * a + np.float32(bias))
        outputs.append(a)
    upstream = np.float32(2) * (a - np.float32(t))
    both = []
    for weight, before, after in list(zip(weights, inputs, outputs))[::-1]:
        upstream = upstream * (1 - after) * (1 + after)
        both.append((upstream * before, upstream))
        upstream = upstream * np.float32(weight)
    return np.array(both[::-1]).T


# %% solution="backprop-forward"
def forward(x, weights, biases):
    def layer(a, rest):
        if not rest:
            return ()
        z = np.einsum("ni,ij->nj", a, rest[0][0]).astype(np.float32) + rest[0][1]
        return (z.tolist(), *layer(np.tanh(z), rest[1:]))

    return layer(x, list(zip(weights, biases)))


# %% solution="backprop-backward"
def loss_and_gradients(x, t, weights, biases):
    a = [np.asarray(x, np.float32)]
    for weight, bias in zip(weights, biases):
        z = np.dot(a[-1], np.float32(weight)) + np.float32(bias)
        a.append(np.tanh(z))
    loss = float(np.mean(np.maximum(z, 0) - t * z + np.log1p(np.exp(-np.abs(z)))))
    delta = (1 / (1 + np.exp(-z)) - t) / np.size(t)
    dW, db = (), ()
    for i in range(len(weights))[::-1]:
        dW = (np.einsum("ni,nj->ij", a[i], delta).tolist(), *dW)
        db = (np.ones(len(delta)) @ delta, *db)
        delta = np.dot(delta, weights[i].T) * (1 - a[i]) * (1 + a[i])
    return [loss, dW, db]


# %% solution="backprop-numerical"
def numerical_gradient(f, theta, h=1e-5):
    flat = theta.ravel()
    basis = np.eye(flat.size)
    return np.reshape(
        [(f((flat + h * e).reshape(theta.shape)) - f((flat - h * e).reshape(theta.shape))) / h / 2 for e in basis],
        theta.shape,
    ).tolist()


# %% solution="backprop-agree"
def gradients_agree(analytic, numerical, tolerance=1e-6):
    if analytic.shape != numerical.shape or np.isnan(analytic).any() or np.isnan(numerical).any():
        return np.False_
    size = np.maximum(np.abs(analytic), np.abs(numerical))
    error = np.divide(np.abs(analytic - numerical), size, out=np.zeros(size.shape), where=size != 0)
    return error.max() <= tolerance


# %% solution="backprop-descent"
def descent_step(theta, gradient, learning_rate):
    return tuple(np.float32(theta) - np.float32(learning_rate) * np.float32(gradient))


# %% solution="backprop-momentum"
def momentum_step(theta, gradient, velocity, learning_rate, momentum):
    new = np.float32(momentum) * np.float32(velocity) - np.float32(learning_rate) * np.float32(gradient)
    return [(np.float32(theta) + new).tolist(), new.tolist()]


# %% solution="backprop-adam"
def adam_step(theta, gradient, m, v, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    theta, gradient, m, v = (np.asarray(value, np.float32) for value in (theta, gradient, m, v))
    m, v = gradient + beta1 * (m - gradient), gradient**2 + beta2 * (v - gradient**2)
    rate = learning_rate * (1 - beta2**t) ** 0.5 / (1 - beta1**t)
    return (theta - rate * m / (v**0.5 + epsilon * (1 - beta2**t) ** 0.5)).tolist(), m.tolist(), v.tolist()


# %% solution="backprop-train"
def train(loss_and_gradients, x, t, x_val, t_val, weights, biases, learning_rate=0.5, epochs=10, batch_size=32):
    history = []
    for _ in range(epochs):
        for x_batch, t_batch in zip(
            np.split(x, range(batch_size, len(x), batch_size)), np.split(t, range(batch_size, len(t), batch_size))
        ):
            _, dW, db = loss_and_gradients(x_batch, t_batch, weights, biases)
            weights = [np.float32(a) - np.float32(learning_rate) * np.float32(c) for a, c in zip(weights, dW)]
            biases = [np.float32(a) - np.float32(learning_rate) * np.float32(c) for a, c in zip(biases, db)]
        history.append([loss_and_gradients(*data, weights, biases)[0] for data in ((x, t), (x_val, t_val))])
    return (tuple(weights), tuple(biases), *np.array(history, np.float32).T)
