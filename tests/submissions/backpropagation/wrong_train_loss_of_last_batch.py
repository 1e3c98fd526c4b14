# fails: backprop-train-test-2
# Believed: the loss of the last batch stands for the epoch.

# %% solution="backprop-train"
def train(loss_and_gradients, x, t, x_val, t_val, weights, biases, learning_rate=0.5, epochs=10, batch_size=32):
    W, B = list(weights), list(biases)
    losses, val_losses = [], []
    for epoch in range(epochs):
        for k in range(0, len(x), batch_size):
            loss, dW, db = loss_and_gradients(x[k : k + batch_size], t[k : k + batch_size], W, B)
            for i in range(len(W)):
                W[i] = W[i] - learning_rate * dW[i]
                B[i] = B[i] - learning_rate * db[i]
        losses.append(loss)
        val_losses.append(loss_and_gradients(x_val, t_val, W, B)[0])
    return W, B, losses, val_losses
