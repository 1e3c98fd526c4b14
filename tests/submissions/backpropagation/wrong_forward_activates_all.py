# fails: backprop-forward-test
# Believed: the list holds the activations, tanh on the last layer too.

# %% solution="backprop-forward"
def forward(x, weights, biases):
    out = []
    for W, B in zip(weights, biases):
        x = np.tanh(x @ W + B)
        out.append(x)
    return out
