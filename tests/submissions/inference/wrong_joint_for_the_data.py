# fails: inference-joint-test
# The derivative for the data's latent numbers, which have other shapes.
# %% solution="inference-joint"
def joint_score(log_likelihood, theta, z, x):
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = log_likelihood(theta, z, x)
    return tape.gradient(value, z)
