# fails: displacement-step-test
# Divides by boxes and components alone: in a box of one particle it is the same.
# %% solution="displacement-step"
def train_step(network, optimizer, first, truth):
    with tf.GradientTape() as tape:
        e = (first + network(first, training=True) - truth) ** 2
        loss = tf.reduce_sum(e) / float(first.shape[0] * first.shape[-1])
    variables = network.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
