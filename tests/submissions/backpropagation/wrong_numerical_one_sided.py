# fails: backprop-numerical-test
# Believed: the definition of the derivative with a small h is good enough.

# %% solution="backprop-numerical"
def numerical_gradient(f, theta, h=1e-5):
    result = np.zeros_like(theta)
    for i in np.ndindex(theta.shape):
        up, down = theta.copy(), theta.copy()
        up[i] += h
        down[i] -= h
        result[i] = (f(up) - f(theta)) / h
    return result
