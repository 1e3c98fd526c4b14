# fails: backprop-chain-test, backprop-chain-test-2
# Believed: going back from layer i uses the weight of layer i - 1.

# %% solution="backprop-chain"
def chain_gradients(x, t, weights, biases):
    a = [x]
    for w_i, b_i in zip(weights, biases):
        a.append(np.tanh(w_i * a[-1] + b_i))
    n = len(weights)
    dw, db = [0.0] * n, [0.0] * n
    delta = 2 * (a[n] - t) * (1 - a[n] ** 2)
    for i in range(n - 1, -1, -1):
        dw[i] = delta * a[i]
        db[i] = delta
        if i:
            delta = delta * weights[i - 1] * (1 - a[i] ** 2)
    return dw, db
