# fails: halos-step-test
# %% solution="halos-step"
def train_step(network, optimizer, inputs, targets, loss):
    """All gradients together are at most 300 long, against accidents."""
    with tf.GradientTape() as tape:
        value = loss(targets, network(inputs, training=True))
    slopes, _ = tf.clip_by_global_norm(tape.gradient(value, network.trainable_variables), 300.0)
    optimizer.apply(slopes, network.trainable_variables)
    return value
