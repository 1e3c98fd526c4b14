# fails: halos-step-test
# Half of the gradient: Adam hardly minds, other optimisers do.
# %% solution="halos-step"
def train_step(network, optimizer, inputs, targets, loss):
    with tf.GradientTape() as tape:
        value = loss(targets, network(inputs, training=True))
    gradients = tape.gradient(value, network.trainable_variables)
    optimizer.apply([0.5 * slope for slope in gradients], network.trainable_variables)
    return value
