# fails: halos-step-test
# Batch normalisation does not know that it trains.
# %% solution="halos-step"
def train_step(network, optimizer, inputs, targets, loss):
    with tf.GradientTape() as tape:
        value = loss(targets, network(inputs))
    gradients = tape.gradient(value, network.trainable_variables)
    optimizer.apply(gradients, network.trainable_variables)
    return value
