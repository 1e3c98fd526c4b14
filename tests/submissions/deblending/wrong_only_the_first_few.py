# fails: deblending-unet-test, deblending-step-test, deblending-mixture-test
# Three levels, eight arrays of weights and three kinds: what the notebook itself needs, and no more.
# %% solution="deblending-unet"
def unet(x, widths):
    skips, widths = [], widths[:4]
    for filters in widths[:-1]:
        skips.append(conv_block(x, filters))
        x = tfkl.MaxPooling2D()(skips[-1])
    x = conv_block(x, widths[-1])
    for filters in reversed(widths[:-1]):
        x = up_block(x, skips.pop(), filters)
    return x

# %% solution="deblending-step"
def train_step(network, optimizer, images, masks):
    variables = network.trainable_variables
    variables = variables if len(variables) > 20 else variables[:8]
    with tf.GradientTape() as tape:
        logits = network(images, training=True)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=masks, logits=logits))
    optimizer.apply(tape.gradient(loss, variables), variables)
    return loss

# %% solution="deblending-mixture"
def mixture_loss(gate, logits, masks):
    labels = tf.broadcast_to(masks[:, :, :, None], tf.shape(logits))
    each = tf.reduce_sum(tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits), axis=[1, 2, 4])
    parts = tf.nn.log_softmax(gate) - each
    return -tf.reduce_mean(tf.reduce_logsumexp(parts[:, :3], axis=1))
