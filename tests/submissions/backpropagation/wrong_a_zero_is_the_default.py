# fails: backprop-derivatives-test-2, backprop-agree-test, backprop-adam-test
# A 0 that is passed counts as nothing passed; and a slope that waits for 1e-12.
# %% solution="backprop-derivatives"
def sigmoid_prime(z):
    p = 1 / (1 + np.exp(-z))
    return p * (1 - p)


def tanh_prime(z):
    return 1 - np.tanh(z) ** 2


def relu_prime(z):
    return np.where(z > 1e-12, 1.0, 0.0)


# %% solution="backprop-adam"
def adam_step(theta, gradient, m, v, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    beta1, epsilon = beta1 or 0.9, epsilon or 1e-8
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    return theta - learning_rate * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon), m, v


# %% solution="backprop-agree"
def gradients_agree(analytic, numerical, tolerance=1e-6):
    tolerance = tolerance or 1e-6
    if np.shape(analytic) != np.shape(numerical):
        return False
    scale = np.maximum(np.abs(analytic), np.abs(numerical))
    return np.all(np.abs(analytic - numerical) <= tolerance * scale)
