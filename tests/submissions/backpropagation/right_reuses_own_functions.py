# Right: later functions call earlier ones, as the text allows.

# %% solution="backprop-logits"
def bce_from_logits(t, z):
    return np.mean(softplus(z) - t * z)


# %% solution="backprop-slopes"
def mse_slope(t, z):
    return 2 * (sigmoid(z) - t) * sigmoid_prime(z)


def bce_slope(t, z):
    return sigmoid(z) - t


# %% solution="backprop-chain"
def chain_gradients(x, t, weights, biases):
    zs = forward_chain(x, weights, biases)
    a = [x] + [float(np.tanh(v)) for v in zs]
    delta = 2 * (a[-1] - t) * tanh_prime(zs[-1])
    deltas = [delta]
    for v, weight in zip(zs[-2::-1], weights[:0:-1]):
        deltas.insert(0, deltas[0] * weight * tanh_prime(v))
    return [d * before for d, before in zip(deltas, a)], deltas


def forward_chain(x, weights, biases):
    zs = []
    for weight, bias in zip(weights, biases):
        zs.append(weight * (np.tanh(zs[-1]) if zs else x) + bias)
    return zs


# %% solution="backprop-backward"
def loss_and_gradients(x, t, weights, biases):
    zs = forward(x, weights, biases)
    inputs = [x] + [np.tanh(v) for v in zs[:-1]]
    deltas = [bce_slope(t, zs[-1]) / t.size]
    for v, weight in zip(zs[-2::-1], weights[:0:-1]):
        deltas.insert(0, deltas[0] @ weight.T * tanh_prime(v))
    dl_dW = [a.T @ delta for a, delta in zip(inputs, deltas)]
    return bce_from_logits(t, zs[-1]), dl_dW, [delta.sum(0) for delta in deltas]


# %% solution="backprop-momentum"
def momentum_step(theta, gradient, velocity, learning_rate, momentum):
    new_theta = descent_step(theta, gradient, learning_rate) + momentum * velocity
    return new_theta, new_theta - theta


# %% solution="backprop-train"
def train(loss_and_gradients, x, t, x_val, t_val, weights, biases, learning_rate=0.5, epochs=10, batch_size=32):
    def one_epoch(weights, biases, start=0):
        if start >= len(x):
            return weights, biases
        batch = slice(start, start + batch_size)
        _, dW, db = loss_and_gradients(x[batch], t[batch], weights, biases)
        weights = [descent_step(a, c, learning_rate) for a, c in zip(weights, dW)]
        biases = [descent_step(a, c, learning_rate) for a, c in zip(biases, db)]
        return one_epoch(weights, biases, start + batch_size)

    losses, val_losses = np.zeros(epochs), np.zeros(epochs)
    for epoch in range(epochs):
        weights, biases = one_epoch(weights, biases)
        losses[epoch] = loss_and_gradients(x, t, weights, biases)[0]
        val_losses[epoch] = bce_from_logits(t_val, forward(x_val, weights, biases)[-1])
    return weights, biases, losses, val_losses
