# fails: inference-joint-test
# The gradient of the mean over runs is n times too small.
# %% solution="inference-joint"
def joint_score(log_likelihood, theta, z, x):
    with tf.GradientTape() as tape:
        tape.watch(theta)
        value = tf.reduce_mean(log_likelihood(theta, z, x))
    return tape.gradient(value, theta)
