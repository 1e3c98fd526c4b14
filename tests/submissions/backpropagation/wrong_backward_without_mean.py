# fails: backprop-backward-test-2, backprop-backward-test-3
# Believed: delta is p - t, and the mean in the loss does not matter.

# %% solution="backprop-backward"
def loss_and_gradients(x, t, weights, biases):
    a = [x]
    for W, B in zip(weights, biases):
        z = a[-1] @ W + B
        a.append(np.tanh(z))
    loss = np.mean(np.logaddexp(0, z) - t * z)
    delta = 1 / (1 + np.exp(-z)) - t
    dW, db = [], []
    for i in range(len(weights) - 1, -1, -1):
        dW.append(a[i].T @ delta)
        db.append(np.sum(delta, axis=0))
        delta = delta @ weights[i].T * (1 - a[i] ** 2)
    return loss, dW[::-1], db[::-1]
