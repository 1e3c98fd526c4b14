# fails: backprop-activations-test, backprop-activations-test-2, backprop-chain-test, backprop-chain-test-2, backprop-descent-test, backprop-momentum-test, backprop-adam-test, backprop-train-test, backprop-train-test-2
# Arrays and lists of the caller are changed, also those that no task lets it change.

# %% solution="backprop-activations"
def sigmoid(z):
    positive = z > 0
    z[positive] = 1 / (1 + np.exp(-z[positive]))
    z[~positive] = np.exp(z[~positive]) / (1 + np.exp(z[~positive]))
    return z


def relu(z):
    z[z < 0] = 0
    return z


def softplus(z):
    z[z < 30] = np.log1p(np.exp(z[z < 30]))
    return z


# %% solution="backprop-chain"
def chain_gradients(x, t, weights, biases):
    # Forward mode: carry the derivatives with respect to every parameter along.
    n = len(weights)
    a, da = x, np.zeros(2 * n)
    for i in range(n):
        dz = weights[i] * da
        dz[i] += a
        dz[n + i] += 1
        a = np.tanh(weights[i] * a + biases[i])
        da = (1 - a**2) * dz
    total = 2 * (a - t) * da
    weights.clear()
    return total[:n], total[n:]


# %% solution="backprop-descent"
def descent_step(theta, gradient, learning_rate):
    theta -= learning_rate * gradient
    return theta


# %% solution="backprop-momentum"
def momentum_step(theta, gradient, velocity, learning_rate, momentum):
    velocity *= momentum
    velocity -= learning_rate * gradient
    theta += velocity
    return theta, velocity


# %% solution="backprop-adam"
def adam_step(theta, gradient, m, v, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m *= beta1
    m += (1 - beta1) * gradient
    v *= beta2
    v += (1 - beta2) * gradient * gradient
    theta -= learning_rate * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon)
    return theta, m, v


# %% solution="backprop-train"
def train(loss_and_gradients, x, t, x_val, t_val, weights, biases, learning_rate=0.5, epochs=10, batch_size=32):
    curves = {"train": [], "val": []}
    epoch = 0
    while epoch < epochs:
        done = 0
        while done < len(x):
            _, dW, db = loss_and_gradients(x[done:][:batch_size], t[done:][:batch_size], weights, biases)
            for parameter, gradient in zip(weights + biases, list(dW) + list(db)):
                parameter -= learning_rate * gradient
            done += batch_size
        epoch += 1
        curves["train"].append(loss_and_gradients(x, t, weights, biases)[0])
        curves["val"].append(loss_and_gradients(x_val, t_val, weights, biases)[0])
    return weights, biases, curves["train"], curves["val"]
