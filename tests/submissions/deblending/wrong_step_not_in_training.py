# fails: deblending-step-test
# Batch normalisation does not know that it trains.
# %% solution="deblending-step"
def train_step(network, optimizer, images, masks):
    with tf.GradientTape() as tape:
        logits = network(images, training=False)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=masks, logits=logits))
    optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
    return loss
