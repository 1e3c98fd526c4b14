# fails: backprop-adam-test
# Believed: after ten steps the running means have forgotten their start at 0. That of the squares needs thousands.

# %% solution="backprop-adam"
def adam_step(theta, gradient, m, v, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat, v_hat = (m / (1 - beta1**t), v / (1 - beta2**t)) if t <= 10 else (m, v)
    return theta - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v
