# Right: a U-Net that calls itself for what is below, and a step with Keras' own loss.
# %% solution="deblending-up"
def up_block(x, skip, filters):
    larger = tfkl.Conv2DTranspose(filters=filters, kernel_size=(2, 2), strides=(2, 2), padding="same")(x)
    return conv_block(tfkl.concatenate([skip, larger], axis=-1), filters)

# %% solution="deblending-unet"
def unet(x, widths):
    here = conv_block(x, widths[0])
    if len(widths) == 1:
        return here
    below = unet(tfkl.MaxPool2D(2, padding="same")(here), widths[1:])
    return up_block(below, here, widths[0])

# %% solution="deblending-step"
def train_step(network, optimizer, images, masks):
    weights = network.trainable_weights
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tfk.losses.binary_crossentropy(masks, network(images, training=True), from_logits=True))
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    return loss
