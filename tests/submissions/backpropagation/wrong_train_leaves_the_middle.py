# fails: backprop-train-test, backprop-train-test-2
# Believed: a network has a first and a last layer. What lies between them never learns.

# %% solution="backprop-train"
def train(gradient_function, x, t, x_val, t_val, weights, biases, learning_rate=0.5, epochs=10, batch_size=32):
    weights, biases, losses, val_losses = list(weights), list(biases), [], []
    for _ in range(epochs):
        for start in range(0, len(x), batch_size):
            batch = slice(start, start + batch_size)
            _, dW, db = gradient_function(x[batch], t[batch], weights, biases)
            for layer in {0, len(weights) - 1}:
                weights[layer] = weights[layer] - learning_rate * dW[layer]
                biases[layer] = biases[layer] - learning_rate * db[layer]
        losses.append(gradient_function(x, t, weights, biases)[0])
        val_losses.append(gradient_function(x_val, t_val, weights, biases)[0])
    return weights, biases, losses, val_losses
