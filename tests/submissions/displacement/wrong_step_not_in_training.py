# fails: displacement-step-test
# Does not say that it trains.
# %% solution="displacement-step"
def train_step(network, optimizer, first, truth):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((first + network(first, training=False) - truth) ** 2)
    optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
    return loss
