# fails: displacement-step-test
# The mean absolute error.
# %% solution="displacement-step"
def train_step(network, optimizer, first, truth):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.abs(first + network(first, training=True) - truth))
    optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
    return loss
