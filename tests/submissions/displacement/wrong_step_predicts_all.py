# fails: displacement-step-test
# fails when trained: displacement-step-test-2, displacement-step-test-3, displacement-step-test-4
# The network gives the whole displacement, not what is missed.
# %% solution="displacement-step"
def train_step(network, optimizer, first, truth):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((network(first, training=True) - truth) ** 2)
    optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
    return loss
