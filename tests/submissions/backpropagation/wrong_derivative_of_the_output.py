# fails: backprop-derivatives-test
# Believed: the argument is already the output of the activation, as in many programs.

# %% solution="backprop-derivatives"
def sigmoid_prime(z):
    return z * (1 - z)


def tanh_prime(z):
    return 1 - z**2


def relu_prime(z):
    return (z > 0) * 1.0
