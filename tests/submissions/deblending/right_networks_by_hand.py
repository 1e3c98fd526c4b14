# Right: all layers are made first, as objects; the loss by a formula for logits.
# %% solution="deblending-up"
class Up:
    def __init__(self, filters):
        self.filters = filters
        self.larger = tfkl.Conv2DTranspose(filters, 2, 2)

    def __call__(self, x, skip):
        return conv_block(tfkl.Concatenate(axis=3)([self.larger(x), skip]), self.filters)


def up_block(x, skip, filters):
    return Up(filters)(x, skip)

# %% solution="deblending-unet"
def unet(x, widths):
    ups = [Up(filters) for filters in widths[:-1]]
    pool, outputs = tfkl.MaxPooling2D(2), []
    for filters in widths:
        x = conv_block(pool(x) if outputs else x, filters)
        outputs.append(x)
    result = outputs.pop()
    while outputs:
        result = ups.pop()(result, outputs.pop())
    return result

# %% solution="deblending-step"
def train_step(network, optimizer, images, masks):
    with tf.GradientTape(watch_accessed_variables=True) as tape:
        l = network(images, training=True)
        loss = tf.reduce_mean(tf.maximum(l, 0.0) - l * masks + tf.math.log1p(tf.exp(-tf.abs(l))))
    variables = network.trainable_variables
    optimizer.apply(tape.gradient(loss, variables), variables)
    return tf.stop_gradient(loss)
