# fails: backprop-slopes-test-2
# Believed: the error is target minus output, and so is the derivative.

# %% solution="backprop-slopes"
def mse_slope(t, z):
    p = 1 / (1 + np.exp(-z))
    return 2 * (p - t) * p * (1 - p)


def bce_slope(t, z):
    p = 1 / (1 + np.exp(-z))
    return t - p
