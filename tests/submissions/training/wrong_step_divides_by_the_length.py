# fails: training-step-test
# Clips by a unit vector: a perfect fit has gradients of 0, and makes every weight nan.
# %% solution="training-step"
def training_step(model, optimizer, x, y, limit):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
    gradients = tape.gradient(loss, model.trainable_variables)
    length = tf.linalg.global_norm(gradients)
    gradients = [gradient / length * tf.minimum(length, limit) for gradient in gradients]
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss
