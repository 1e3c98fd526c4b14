# fails: backprop-chain-test, backprop-chain-test-2
# Gradients are stored in arrays of the type of the parameters: whole numbers cut them.

# %% solution="backprop-chain"
def chain_gradients(x, t, weights, biases):
    a = [x]
    for w, b in zip(weights, biases):
        a.append(np.tanh(w * a[-1] + b))
    dw, db = np.array(weights), np.array(biases)
    delta = 2 * (a[-1] - t) * (1 - a[-1] ** 2)
    for i in reversed(range(len(weights))):
        dw[i], db[i] = delta * a[i], delta
        delta = delta * weights[i] * (1 - a[i] ** 2)
    return dw, db
