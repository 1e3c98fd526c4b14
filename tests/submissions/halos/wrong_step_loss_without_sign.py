# fails: halos-step-test
# %% solution="halos-step"
def train_step(network, optimizer, inputs, targets, loss):
    """A loss is never below 0, so it seems."""
    with tf.GradientTape() as tape:
        value = loss(targets, network(inputs, training=True))
    optimizer.apply(tape.gradient(value, network.trainable_variables), network.trainable_variables)
    return tf.abs(value)
