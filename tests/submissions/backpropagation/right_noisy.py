# Right, and noisy: prints, warns of a deprecation, overflows harmlessly inside np.where.

# %% solution="backprop-activations"
import sys
import warnings

print("my activations")
warnings.warn("this way of writing a sigmoid is old", DeprecationWarning)


def sigmoid(z):
    print("sigmoid of", z, file=sys.stderr)
    return np.where(z > 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))


def relu(z):
    print("relu")
    return np.where(z > 0, z, 0)


def softplus(z):
    warnings.warn("softplus is called", DeprecationWarning)
    return np.where(z > 0, z + np.log(1 + np.exp(-z)), np.log(1 + np.exp(z)))


# %% solution="backprop-bce"
def binary_cross_entropy(t, p):
    print("t =", t, "p =", p)
    np.array([1.0]) / np.array([0.0])
    return -(t * np.log(p) + (1 - t) * np.log(1 - p)).mean()


# %% solution="backprop-logits"
def bce_from_logits(t, z):
    overflow = np.exp(np.abs(z) + 1000)
    print("largest", overflow.max())
    return np.mean(np.where(z > 0, z * (1 - t) + np.log1p(np.exp(-z)), -z * t + np.log1p(np.exp(z))))


# %% solution="backprop-neuron"
print(z, y)
dl_dw = ell_prime(y) * g_prime(z) * x
dl_db = ell_prime(y) * g_prime(z)
print("dl_dw =", dl_dw)
dl_dw


# %% solution="backprop-train"
def train(loss_and_gradients, x, t, x_val, t_val, weights, biases, learning_rate=0.5, epochs=10, batch_size=32):
    import warnings

    warnings.warn("my own training loop", DeprecationWarning)
    losses, val_losses = [], []
    for epoch in range(epochs):
        print("epoch", epoch)
        for start in range(0, len(x), batch_size):
            stop = min(start + batch_size, len(x))
            loss, dW, db = loss_and_gradients(x[start:stop], t[start:stop], weights, biases)
            print("  batch", start, stop, loss)
            weights = [a - learning_rate * c for a, c in zip(weights, dW)]
            biases = [a - learning_rate * c for a, c in zip(biases, db)]
        losses += [loss_and_gradients(x, t, weights, biases)[0]]
        val_losses += [loss_and_gradients(x_val, t_val, weights, biases)[0]]
    np.log(np.zeros(1))
    return weights, biases, losses, val_losses
