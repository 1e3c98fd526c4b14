# fails: backprop-numerical-test
# Two loops, over rows and columns: an array of one or of three axes has others.

# %% solution="backprop-numerical"
def numerical_gradient(f, theta, h=1e-5):
    shape = theta.shape
    theta = np.atleast_2d(theta)
    gradient = np.zeros(theta.shape)
    for i in range(theta.shape[0]):
        for j in range(theta.shape[1]):
            plus, minus = theta.copy(), theta.copy()
            plus[i, j] += h
            minus[i, j] -= h
            gradient[i, j] = (f(plus.reshape(shape)) - f(minus.reshape(shape))) / (2 * h)
    return gradient.reshape(shape)
