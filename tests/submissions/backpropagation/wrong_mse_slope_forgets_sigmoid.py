# fails: backprop-slopes-test
# Believed: the derivative by p is the derivative by z.

# %% solution="backprop-slopes"
def mse_slope(t, z):
    p = 1 / (1 + np.exp(-z))
    return 2 * (p - t)


def bce_slope(t, z):
    p = 1 / (1 + np.exp(-z))
    return p - t
