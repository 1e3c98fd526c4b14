# fails: backprop-logits-test, backprop-logits-test-2, backprop-neuron-test-2, backprop-two-layers-test, backprop-recursion-test, backprop-chain-test, backprop-chain-test-2, backprop-backward-test-2, backprop-backward-test-3, backprop-numerical-test, backprop-agree-test, backprop-adam-test, backprop-train-test-2
# Several misconceptions, each in a task of its own.
# - Believed: the loss is the sum over all examples.
# - Believed: the bias has the input as a factor too.
# - Believed: one activation function, so one factor g'.
# - Believed: the answer is g_prime, without an argument.
# - Believed: the gradients are returned in the order in which they are found.
# - Believed: delta is handed on by the weights alone.
# - Believed: all elements can be moved together.
# - Believed: the mean relative error decides.
# - Believed: epsilon is added before the correction, as Keras does.
# - Believed: the validation loss is a second look at the training loss.

# %% solution="backprop-logits"
def bce_from_logits(t, z):
    return np.sum(np.logaddexp(0, z) - t * z)


# %% solution="backprop-neuron"
dl_dw = ell_prime(y) * g_prime(z) * x
dl_db = ell_prime(y) * g_prime(z) * x


# %% solution="backprop-two-layers"
dl_dw1 = ell_prime(a2) * g_prime(z2) * w2 * x


# %% solution="backprop-recursion"
dl_dz_i = g_prime


# %% solution="backprop-chain"
def chain_gradients(x, t, weights, biases):
    a = [x]
    for w_i, b_i in zip(weights, biases):
        a.append(np.tanh(w_i * a[-1] + b_i))
    n = len(weights)
    dw, db = [0.0] * n, [0.0] * n
    delta = 2 * (a[n] - t) * (1 - a[n] ** 2)
    for i in range(n - 1, -1, -1):
        dw[i] = delta * a[i]
        db[i] = delta
        if i:
            delta = delta * weights[i] * (1 - a[i] ** 2)
    return dw[::-1], db[::-1]


# %% solution="backprop-backward"
def loss_and_gradients(x, t, weights, biases):
    a = [x]
    for W, B in zip(weights, biases):
        z = a[-1] @ W + B
        a.append(np.tanh(z))
    loss = np.mean(np.logaddexp(0, z) - t * z)
    delta = (1 / (1 + np.exp(-z)) - t) / z.size
    dW, db = [], []
    for i in range(len(weights) - 1, -1, -1):
        dW.append(a[i].T @ delta)
        db.append(np.sum(delta, axis=0))
        delta = delta @ weights[i].T
    return loss, dW[::-1], db[::-1]


# %% solution="backprop-numerical"
def numerical_gradient(f, theta, h=1e-5):
    return np.full(theta.shape, (f(theta + h) - f(theta - h)) / (2 * h))


# %% solution="backprop-agree"
def gradients_agree(analytic, numerical, tolerance=1e-6):
    if analytic.shape != numerical.shape:
        return False
    scale = np.maximum(np.abs(analytic), np.abs(numerical))
    error = np.abs(analytic - numerical) / np.where(scale == 0, 1, scale)
    return np.mean(error) <= tolerance


# %% solution="backprop-adam"
def adam_step(theta, gradient, m, v, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    rate = learning_rate * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return theta - rate * m / (np.sqrt(v) + epsilon), m, v


# %% solution="backprop-train"
def train(loss_and_gradients, x, t, x_val, t_val, weights, biases, learning_rate=0.5, epochs=10, batch_size=32):
    W, B = list(weights), list(biases)
    losses, val_losses = [], []
    for epoch in range(epochs):
        for k in range(0, len(x), batch_size):
            loss, dW, db = loss_and_gradients(x[k : k + batch_size], t[k : k + batch_size], W, B)
            for i in range(len(W)):
                W[i] = W[i] - learning_rate * dW[i]
                B[i] = B[i] - learning_rate * db[i]
        losses.append(loss_and_gradients(x, t, W, B)[0])
        val_losses.append(loss_and_gradients(x, t, W, B)[0])
    return W, B, losses, val_losses
