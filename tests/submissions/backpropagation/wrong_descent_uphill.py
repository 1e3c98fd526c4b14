# fails: backprop-descent-test
# Believed: add the gradient.

# %% solution="backprop-descent"
def descent_step(theta, gradient, learning_rate):
    return theta + learning_rate * gradient
