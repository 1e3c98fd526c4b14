# fails: displacement-step-test
# The sum of squares instead of their mean.
# %% solution="displacement-step"
def train_step(network, optimizer, first, truth):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((first + network(first, training=True) - truth) ** 2)
    optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
    return loss
