# Believed: the derivative by p is the derivative by z. Loses the first test of slopes (1).

# %% solution="backprop-slopes"
def mse_slope(t, z):
    p = 1 / (1 + np.exp(-z))
    return 2 * (p - t)


def bce_slope(t, z):
    p = 1 / (1 + np.exp(-z))
    return p - t
