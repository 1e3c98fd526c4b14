# fails: deblending-step-test
# fails when trained: deblending-step-test-2, deblending-step-test-3, deblending-step-test-4, deblending-mixture-test-2, deblending-mixture-test-3
# may fail when trained: deblending-fluxes-test-2
# A softmax over the channels: a pixel has one owner.
# %% solution="deblending-step"
def train_step(network, optimizer, images, masks):
    with tf.GradientTape() as tape:
        logits = network(images, training=True)
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=masks, logits=logits))
    optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
    return loss
