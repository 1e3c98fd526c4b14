# fails: training-step-test
# Each gradient is clipped by its own length.
# %% solution="training-step"
def training_step(model, optimizer, x, y, limit):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply([tf.clip_by_norm(gradient, limit) for gradient in gradients], model.trainable_variables)
    return loss
