# fails: halos-step-test
# The loss after the step.
# %% solution="halos-step"
def train_step(network, optimizer, inputs, targets, loss):
    with tf.GradientTape() as tape:
        value = loss(targets, network(inputs, training=True))
    gradients = tape.gradient(value, network.trainable_variables)
    optimizer.apply(gradients, network.trainable_variables)
    return loss(targets, network(inputs, training=True))
