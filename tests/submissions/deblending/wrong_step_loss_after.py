# fails: deblending-step-test
# Returns the loss after the step.
# %% solution="deblending-step"
def train_step(network, optimizer, images, masks):
    def loss_now():
        logits = network(images, training=True)
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=masks, logits=logits))

    with tf.GradientTape() as tape:
        loss = loss_now()
    optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
    return loss_now()
