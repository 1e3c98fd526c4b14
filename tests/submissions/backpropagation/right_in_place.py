# Right: undoes its steps in place, and updates in place what the task lets it update.

# %% solution="backprop-numerical"
def numerical_gradient(f, theta, h=1e-5):
    result = np.zeros(theta.shape)
    for i in np.ndindex(theta.shape):
        kept = theta[i]
        theta[i] = kept + h
        result[i] += f(theta) / (2 * h)
        theta[i] = kept - h
        result[i] -= f(theta) / (2 * h)
        theta[i] = kept
    return result


# %% solution="backprop-momentum"
def momentum_step(theta, gradient, velocity, learning_rate, momentum):
    velocity *= momentum
    velocity -= learning_rate * gradient
    return theta + velocity, velocity


# %% solution="backprop-adam"
def adam_step(theta, gradient, m, v, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m *= beta1
    m += (1 - beta1) * gradient
    v *= beta2
    v += (1 - beta2) * gradient * gradient
    return theta - learning_rate * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon), m, v
