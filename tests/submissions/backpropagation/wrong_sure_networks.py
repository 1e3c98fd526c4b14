# fails: backprop-activations-test, backprop-backward-test, backprop-backward-test-2, backprop-backward-test-3, backprop-agree-test, backprop-train-test, backprop-train-test-2
# Probabilities are clipped away from 0 and 1, nan is looked for in one of two gradients, train knows one gradient_function,
# softplus is 0 where it is small.
# %% solution="backprop-activations"
def sigmoid(z):
    return np.where(z > 0, 1.0, np.exp(-np.abs(z))) / (1 + np.exp(-np.abs(z)))

def relu(z):
    return np.maximum(0.0, z)

def softplus(z):
    return np.where(z > 20, z, np.where(z < -12, 0.0, np.log1p(np.exp(np.clip(z, -12, 20)))))

# %% solution="backprop-backward"
def loss_and_gradients(x, t, weights, biases):
    a = [x]
    for W, B in zip(weights, biases):
        z = a[-1] @ W + B
        a.append(np.tanh(z))
    p = 1 / (1 + np.exp(-z))
    safe = np.clip(p, 1e-7, 1 - 1e-7)
    loss = -np.mean(t * np.log(safe) + (1 - t) * np.log(1 - safe))
    delta = (safe - t) / (safe * (1 - safe)) * p * (1 - p) / z.size
    dW, db = [], []
    for i in range(len(weights) - 1, -1, -1):
        dW.append(a[i].T @ delta)
        db.append(np.sum(delta, axis=0))
        delta = delta @ weights[i].T * (1 - a[i] ** 2)
    return loss, dW[::-1], db[::-1]

# %% solution="backprop-agree"
def gradients_agree(analytic, numerical, tolerance=1e-6):
    if analytic.shape != numerical.shape or np.isnan(analytic).any():
        return False
    scale = np.maximum(np.abs(analytic), np.abs(numerical))
    return not np.any(np.abs(analytic - numerical) > tolerance * scale)

# %% solution="backprop-train"
def train(gradient_function, x, t, x_val, t_val, weights, biases, learning_rate=0.5, epochs=10, batch_size=32):
    losses, val_losses = [], []
    for _ in range(epochs):
        for start in range(0, len(x), batch_size):
            batch = slice(start, start + batch_size)
            _, dW, db = tape_loss_and_gradients(x[batch], t[batch], weights, biases)
            weights = [w - learning_rate * g for w, g in zip(weights, dW)]
            biases = [b - learning_rate * g for b, g in zip(biases, db)]
        losses.append(tape_loss_and_gradients(x, t, weights, biases)[0])
        val_losses.append(tape_loss_and_gradients(x_val, t_val, weights, biases)[0])
    return weights, biases, losses, val_losses
