# fails: deblending-step-test
# Sigmoid and logarithm one after the other: infinite far from 0.
# %% solution="deblending-step"
def train_step(network, optimizer, images, masks):
    with tf.GradientTape() as tape:
        p = tf.sigmoid(network(images, training=True))
        loss = -tf.reduce_mean(masks * tf.math.log(p) + (1 - masks) * tf.math.log(1 - p))
    optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
    return loss
