# fails: backprop-activations-test-2
# Believed: the textbook formulas are good enough. exp(1000) is inf, inf / inf is nan.

# %% solution="backprop-activations"
def sigmoid(z):
    return np.exp(z) / (1 + np.exp(z))


def relu(z):
    return np.maximum(z, 0)


def softplus(z):
    return np.log(1 + np.exp(z))
