# fails: backprop-backward-test-2, backprop-agree-test, backprop-adam-test, backprop-train-test, backprop-train-test-2
# Several misconceptions, each in a task of its own.
# - Believed: the gradient has one row for each neuron.
# - Believed: NumPy complains when shapes differ; it stretches (1, 3) to (4, 3).
# - Believed: t is 0 in the first step.
# - Believed: the validation examples may teach as well.

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
        dW.append(delta.T @ a[i])
        db.append(np.sum(delta, axis=0))
        delta = delta @ weights[i].T * (1 - a[i] ** 2)
    return loss, dW[::-1], db[::-1]


# %% solution="backprop-agree"
def gradients_agree(analytic, numerical, tolerance=1e-6):
    scale = np.maximum(abs(analytic), abs(numerical))
    return bool(np.all(abs(analytic - numerical) <= tolerance * scale))


# %% solution="backprop-adam"
def adam_step(theta, gradient, m, v, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat, v_hat = m / (1 - beta1 ** (t + 1)), v / (1 - beta2 ** (t + 1))
    return theta - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v


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
        _, dW, db = loss_and_gradients(x_val, t_val, W, B)
        W = [a - learning_rate * c for a, c in zip(W, dW)]
        losses.append(loss_and_gradients(x, t, W, B)[0])
        val_losses.append(loss_and_gradients(x_val, t_val, W, B)[0])
    return W, B, losses, val_losses
