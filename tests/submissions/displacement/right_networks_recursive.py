# Right: a network that contains a network at half the resolution; the loss by Keras.
# %% solution="displacement-net"
def level(x, widths):
    x = conv_block(x, widths[0])
    if len(widths) == 1:
        return x
    below = level(tfkl.AveragePooling2D((2, 2))(x), widths[1:])
    larger = tfkl.Conv2DTranspose(widths[0], (2, 2), (2, 2))(below)
    return conv_block(tfkl.concatenate([x, larger]), widths[0])


def displacement_net(side, widths):
    inputs = tfk.Input((side, side, 2))
    end = tfkl.Conv2D(2, 1, kernel_initializer=tfk.initializers.Zeros(), bias_initializer="zeros")
    return tfk.Model(inputs, end(level(inputs, list(widths))))

# %% solution="displacement-pad"
def periodic_pad(x, width):
    h, w = x.shape[1], x.shape[2]
    tiled = tf.tile(x, [1, 3, 3, 1])
    return tiled[:, h - width : 2 * h + width, w - width : 2 * w + width]

# %% solution="displacement-step"
def train_step(network, optimizer, first, truth):
    with tf.GradientTape() as tape:
        missed = network(first, training=True)
        loss = tfk.losses.MeanSquaredError()(truth - first, missed)
    optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
    return loss
