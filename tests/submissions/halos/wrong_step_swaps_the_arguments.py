# fails: halos-step-test
# fails when trained: halos-step-test-2, halos-step-test-3, halos-spectrum-test-2, halos-spectrum-test-3
# Outputs where targets belong.
# %% solution="halos-step"
def train_step(network, optimizer, inputs, targets, loss):
    with tf.GradientTape() as tape:
        value = loss(network(inputs, training=True), targets)
    gradients = tape.gradient(value, network.trainable_variables)
    optimizer.apply(gradients, network.trainable_variables)
    return value
