# fails: backprop-backward-test-3
# Believed: the gradient of a bias is the mean over the batch.

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
        db.append(np.mean(delta, axis=0))
        delta = delta @ weights[i].T * (1 - a[i] ** 2)
    return loss, dW[::-1], db[::-1]
