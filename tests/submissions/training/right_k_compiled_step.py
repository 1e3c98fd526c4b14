# Right: the step is compiled by those who wrote it; layers whose weights are made when they are called.
# %% solution="training-step"
@tf.function
def training_step(model, optimizer, x, y, limit):
    with tf.GradientTape() as tape:
        loss = tfk.losses.MeanSquaredError()(y, model(x, training=True))
    variables = model.trainable_variables
    gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, variables), limit)
    optimizer.apply_gradients(zip(gradients, variables))
    return loss

# %% solution="training-transfer"
def build_transfer(network, outputs):
    features = tfk.Model(network.inputs[0], network.layers[-2].output)
    features.trainable = False

    class Transferred(tfk.Model):
        def __init__(self):
            super().__init__()
            self.features, self.head = features, tfkl.Dense(outputs)

        def call(self, x, training=False):
            return self.head(self.features(x, training=False))

    return Transferred()
