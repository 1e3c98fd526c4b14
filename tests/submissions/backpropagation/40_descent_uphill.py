# Believed: add the gradient. Loses descent (1).

# %% solution="backprop-descent"
def descent_step(theta, gradient, learning_rate):
    return theta + learning_rate * gradient
