# Believed: the textbook formulas are good enough. exp(1000) is inf, inf / inf is nan. Loses the second test of
# activations (1).

# %% solution="backprop-activations"
def sigmoid(z):
    return np.exp(z) / (1 + np.exp(z))


def relu(z):
    return np.maximum(z, 0)


def softplus(z):
    return np.log(1 + np.exp(z))
