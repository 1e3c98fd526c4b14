# fails: backprop-momentum-test
# Believed: v = momentum v + g, the convention of other libraries.

# %% solution="backprop-momentum"
def momentum_step(theta, gradient, velocity, learning_rate, momentum):
    velocity = momentum * velocity + gradient
    return theta - learning_rate * velocity, velocity
