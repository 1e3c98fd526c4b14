# fails: backprop-backward-test, backprop-backward-test-2, backprop-backward-test-3, backprop-agree-test, backprop-train-test, backprop-train-test-2
# The same, with coarser clips, element by element, and by functions of the student's own.
# %% solution="backprop-backward"
def loss_and_gradients(x, t, weights, biases):
    a = [x]
    for W, B in zip(weights, biases):
        z = a[-1] @ W + B
        a.append(np.tanh(z))
    p = np.clip(1 / (1 + np.exp(-z)), 1e-4, 1 - 1e-4)
    loss = -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))
    delta = (p - t) / z.size
    dW, db = [], []
    for i in range(len(weights) - 1, -1, -1):
        dW.append(a[i].T @ delta)
        db.append(np.sum(delta, axis=0))
        delta = delta @ weights[i].T * (1 - a[i] ** 2)
    return loss, dW[::-1], db[::-1]

# %% solution="backprop-agree"
def gradients_agree(analytic, numerical, tolerance=1e-6):
    if analytic.shape != numerical.shape:
        return False
    for d, other in zip(analytic.ravel(), numerical.ravel()):
        if d == other == 0:
            continue
        if d != d:
            return False
        if abs(d - other) / max(abs(d), abs(other)) > tolerance:
            return False
    return True

# %% solution="backprop-train"
def train(gradient_function, x, t, x_val, t_val, weights, biases, learning_rate=0.5, epochs=10, batch_size=32):
    losses, val_losses = [], []
    for _ in range(epochs):
        for start in range(0, len(x), batch_size):
            batch = slice(start, start + batch_size)
            _, dW, db = loss_and_gradients(x[batch], t[batch], weights, biases)
            weights = [w - learning_rate * g for w, g in zip(weights, dW)]
            biases = [b - learning_rate * g for b, g in zip(biases, db)]
        losses.append(bce_from_logits(t, forward(x, weights, biases)[-1]))
        val_losses.append(bce_from_logits(t_val, forward(x_val, weights, biases)[-1]))
    return weights, biases, losses, val_losses
