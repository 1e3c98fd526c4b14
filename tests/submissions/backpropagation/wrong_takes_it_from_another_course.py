# fails: backprop-two-layers-test, backprop-backward-test-3, backprop-agree-test, backprop-momentum-test, backprop-adam-test, backprop-train-test, backprop-train-test-2
# Several misconceptions, each in a task of its own.
# - Believed: y is the output here as well; it belongs to the single neuron.
# - Believed: one number for all biases of a layer.
# - Believed: the relative error of the whole vector decides, as in some courses.
# - Believed: the gradient gets the weight 1 - momentum.
# - Believed: the corrected means are the new state.
# - Believed: shuffling cannot hurt. The task asks for the given order.

# %% solution="backprop-two-layers"
dl_dw1 = ell_prime(y) * g_prime(z2) * w2 * g_prime(z1) * x


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
        db.append(np.sum(delta))
        delta = delta @ weights[i].T * (1 - a[i] ** 2)
    return loss, dW[::-1], db[::-1]


# %% solution="backprop-agree"
def gradients_agree(analytic, numerical, tolerance=1e-6):
    if analytic.shape != numerical.shape:
        return False
    difference = np.linalg.norm(analytic - numerical)
    total = np.linalg.norm(analytic) + np.linalg.norm(numerical)
    return bool(difference <= tolerance * total)


# %% solution="backprop-momentum"
def momentum_step(theta, gradient, velocity, learning_rate, momentum):
    velocity = momentum * velocity - (1 - momentum) * learning_rate * gradient
    return theta + velocity, velocity


# %% solution="backprop-adam"
def adam_step(theta, gradient, m, v, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m, v = m / (1 - beta1**t), v / (1 - beta2**t)
    return theta - learning_rate * m / (np.sqrt(v) + epsilon), m, v


# %% solution="backprop-train"
def train(loss_and_gradients, x, t, x_val, t_val, weights, biases, learning_rate=0.5, epochs=10, batch_size=32):
    W, B = list(weights), list(biases)
    losses, val_losses = [], []
    for epoch in range(epochs):
        order = np.random.default_rng(0).permutation(len(x))
        x, t = x[order], t[order]
        for k in range(0, len(x), batch_size):
            loss, dW, db = loss_and_gradients(x[k : k + batch_size], t[k : k + batch_size], W, B)
            for i in range(len(W)):
                W[i] = W[i] - learning_rate * dW[i]
                B[i] = B[i] - learning_rate * db[i]
        losses.append(loss_and_gradients(x, t, W, B)[0])
        val_losses.append(loss_and_gradients(x_val, t_val, W, B)[0])
    return W, B, losses, val_losses
