# fails: halos-step-test
# Outputs where targets belong.
# %% solution="halos-step"
def train_step(network, optimizer, inputs, targets, loss):
    with tf.GradientTape() as tape:
        value = loss(network(inputs, training=True), targets)
    gradients = tape.gradient(value, network.trainable_variables)
    optimizer.apply(gradients, network.trainable_variables)
    return value
