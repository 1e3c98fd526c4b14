# fails: backprop-activations-test, backprop-mse-test, backprop-logits-test-2, backprop-slopes-test-2, backprop-neuron-test, backprop-two-layers-test, backprop-recursion-test, backprop-chain-test, backprop-chain-test-2, backprop-forward-test, backprop-backward-test-2, backprop-backward-test-3, backprop-numerical-test, backprop-agree-test, backprop-momentum-test, backprop-adam-test, backprop-train-test, backprop-train-test-2
# Several misconceptions, each in a task of its own.
# - Believed: ReLU says whether z is positive.
# - Believed: the squared error has a factor 1/2, as in some books.
# - Believed: sigmoid first, then the formula. log(0) is -inf, and 0 * inf is nan.
# - Believed: the factor p (1 - p) stays in the cross-entropy as well.
# - Believed: dz/dw is the bias.
# - Believed: the input of the first neuron is a1.
# - Believed: the recursion has the activation itself.
# - Believed: the last layer has no activation.
# - Believed: layers follow each other without activation.
# - Believed: the mean is over the batch alone.
# - Believed: the distance of the two points is h.
# - Believed: np.allclose is what is asked; it lets small gradients pass whatever they are.
# - Believed: the parameter moves by the velocity it had.
# - Believed: epsilon stands inside the root.
# - Believed: training means weights.

# %% solution="backprop-activations"
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def relu(z):
    return np.where(z > 0, 1.0, 0.0)


def softplus(z):
    return np.logaddexp(0, z)


# %% solution="backprop-mse"
def mean_squared_error(t, y):
    return 0.5 * np.mean((t - y) ** 2)


# %% solution="backprop-logits"
def bce_from_logits(t, z):
    p = 1 / (1 + np.exp(-z))
    return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))


# %% solution="backprop-slopes"
def mse_slope(t, z):
    p = 1 / (1 + np.exp(-z))
    return 2 * (p - t) * p * (1 - p)


def bce_slope(t, z):
    p = 1 / (1 + np.exp(-z))
    return (p - t) * p * (1 - p)


# %% solution="backprop-neuron"
dl_dw = ell_prime(y) * g_prime(z) * b
dl_db = ell_prime(y) * g_prime(z)


# %% solution="backprop-two-layers"
dl_dw1 = ell_prime(a2) * g_prime(z2) * w2 * g_prime(z1) * a1


# %% solution="backprop-recursion"
dl_dz_i = dl_dz_next * w_next * g(z_i)


# %% solution="backprop-chain"
def chain_gradients(x, t, weights, biases):
    a = [x]
    for w_i, b_i in zip(weights, biases):
        a.append(np.tanh(w_i * a[-1] + b_i))
    n = len(weights)
    dw, db = [0.0] * n, [0.0] * n
    delta = 2 * (a[n] - t)
    for i in range(n - 1, -1, -1):
        dw[i] = delta * a[i]
        db[i] = delta
        if i:
            delta = delta * weights[i] * (1 - a[i] ** 2)
    return dw, db


# %% solution="backprop-forward"
def forward(x, weights, biases):
    out = []
    for W, B in zip(weights, biases):
        x = x @ W + B
        out.append(x)
    return out


# %% solution="backprop-backward"
def loss_and_gradients(x, t, weights, biases):
    a = [x]
    for W, B in zip(weights, biases):
        z = a[-1] @ W + B
        a.append(np.tanh(z))
    loss = np.mean(np.logaddexp(0, z) - t * z)
    delta = (1 / (1 + np.exp(-z)) - t) / len(x)
    dW, db = [], []
    for i in range(len(weights) - 1, -1, -1):
        dW.append(a[i].T @ delta)
        db.append(np.sum(delta, axis=0))
        delta = delta @ weights[i].T * (1 - a[i] ** 2)
    return loss, dW[::-1], db[::-1]


# %% solution="backprop-numerical"
def numerical_gradient(f, theta, h=1e-5):
    result = np.zeros_like(theta)
    for i in np.ndindex(theta.shape):
        up, down = theta.copy(), theta.copy()
        up[i] += h
        down[i] -= h
        result[i] = (f(up) - f(down)) / h
    return result


# %% solution="backprop-agree"
def gradients_agree(analytic, numerical, tolerance=1e-6):
    if analytic.shape != numerical.shape:
        return False
    return np.allclose(analytic, numerical, atol=tolerance)


# %% solution="backprop-momentum"
def momentum_step(theta, gradient, velocity, learning_rate, momentum):
    new = momentum * velocity - learning_rate * gradient
    return theta + velocity, new


# %% solution="backprop-adam"
def adam_step(theta, gradient, m, v, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    return theta - learning_rate * m / (1 - beta1**t) / np.sqrt(v / (1 - beta2**t) + epsilon), m, v


# %% solution="backprop-train"
def train(loss_and_gradients, x, t, x_val, t_val, weights, biases, learning_rate=0.5, epochs=10, batch_size=32):
    W, B = list(weights), list(biases)
    losses, val_losses = [], []
    for epoch in range(epochs):
        for k in range(0, len(x), batch_size):
            loss, dW, db = loss_and_gradients(x[k : k + batch_size], t[k : k + batch_size], W, B)
            for i in range(len(W)):
                W[i] = W[i] - learning_rate * dW[i]
                B[i] = B[i]
        losses.append(loss_and_gradients(x, t, W, B)[0])
        val_losses.append(loss_and_gradients(x_val, t_val, W, B)[0])
    return W, B, losses, val_losses
