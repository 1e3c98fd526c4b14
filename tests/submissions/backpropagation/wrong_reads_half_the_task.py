# fails: backprop-neuron-test, backprop-neuron-test-2, backprop-two-layers-test, backprop-backward-test-2, backprop-backward-test-3, backprop-numerical-test, backprop-agree-test, backprop-momentum-test, backprop-train-test, backprop-train-test-2
# Several misconceptions, each in a task of its own.
# - Believed: an expression is a text.
# - Believed: both slopes are taken at z2.
# - Believed: 1 - tanh² is taken of the activation, tanh applied twice.
# - Believed: the moved element does not matter for the next ones.
# - Believed: zero by zero does not happen. Two zeros give nan and fail.
# - Believed: Nesterov's variant is what is meant.
# - Believed: one epoch is one update with all examples.

# %% solution="backprop-neuron"
dl_dw = "ell_prime(y) * g_prime(z) * x"
dl_db = "ell_prime(y) * g_prime(z)"


# %% solution="backprop-two-layers"
dl_dw1 = ell_prime(a2) * g_prime(z2) * w2 * g_prime(z2) * x


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
        delta = delta @ weights[i].T * (1 - np.tanh(a[i]) ** 2)
    return loss, dW[::-1], db[::-1]


# %% solution="backprop-numerical"
def numerical_gradient(f, theta, h=1e-5):
    theta = theta.copy()
    result = np.zeros_like(theta)
    for i in np.ndindex(theta.shape):
        theta[i] += h
        up = f(theta)
        theta[i] -= 2 * h
        result[i] = (up - f(theta)) / (2 * h)
    return result


# %% solution="backprop-agree"
def gradients_agree(analytic, numerical, tolerance=1e-6):
    if analytic.shape != numerical.shape:
        return False
    error = np.abs(analytic - numerical) / np.maximum(np.abs(analytic), np.abs(numerical))
    return bool(np.all(error <= tolerance))


# %% solution="backprop-momentum"
def momentum_step(theta, gradient, velocity, learning_rate, momentum):
    velocity = momentum * velocity - learning_rate * gradient
    return theta + momentum * velocity - learning_rate * gradient, velocity


# %% solution="backprop-train"
def train(loss_and_gradients, x, t, x_val, t_val, weights, biases, learning_rate=0.5, epochs=10, batch_size=32):
    losses, val_losses = [], []
    for epoch in range(epochs):
        loss, dW, db = loss_and_gradients(x, t, weights, biases)
        weights = [a - learning_rate * c for a, c in zip(weights, dW)]
        biases = [a - learning_rate * c for a, c in zip(biases, db)]
        losses.append(loss_and_gradients(x, t, weights, biases)[0])
        val_losses.append(loss_and_gradients(x_val, t_val, weights, biases)[0])
    return weights, biases, losses, val_losses
