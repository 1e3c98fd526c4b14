# fails: backprop-backward-test, backprop-train-test-2
# Several misconceptions, each in a task of its own.
# - Believed: the loss is the sum over the outputs, the mean over the batch. The gradients are right.
# - Believed: the loss is noted when the epoch starts.

# %% solution="backprop-backward"
def loss_and_gradients(x, t, weights, biases):
    a = [x]
    for W, B in zip(weights, biases):
        z = a[-1] @ W + B
        a.append(np.tanh(z))
    loss = np.sum(np.logaddexp(0, z) - t * z) / len(x)
    delta = (1 / (1 + np.exp(-z)) - t) / z.size
    dW, db = [], []
    for i in range(len(weights) - 1, -1, -1):
        dW.append(a[i].T @ delta)
        db.append(np.sum(delta, axis=0))
        delta = delta @ weights[i].T * (1 - a[i] ** 2)
    return loss, dW[::-1], db[::-1]


# %% solution="backprop-train"
def train(loss_and_gradients, x, t, x_val, t_val, weights, biases, learning_rate=0.5, epochs=10, batch_size=32):
    W, B = list(weights), list(biases)
    losses, val_losses = [], []
    for epoch in range(epochs):
        losses.append(loss_and_gradients(x, t, W, B)[0])
        val_losses.append(loss_and_gradients(x_val, t_val, W, B)[0])
        for k in range(0, len(x), batch_size):
            _, dW, db = loss_and_gradients(x[k : k + batch_size], t[k : k + batch_size], W, B)
            W = [a - learning_rate * c for a, c in zip(W, dW)]
            B = [a - learning_rate * c for a, c in zip(B, db)]
    return W, B, losses, val_losses
