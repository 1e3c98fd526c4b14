# fails: backprop-adam-test
# Believed: the correction only matters for the very first step.

# %% solution="backprop-adam"
def adam_step(theta, gradient, m, v, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    return theta - learning_rate * m / (np.sqrt(v) + epsilon), m, v
