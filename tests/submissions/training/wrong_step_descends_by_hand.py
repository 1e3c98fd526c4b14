# fails: training-step-test
# A step of gradient descent by hand, whatever the optimiser.
# %% solution="training-step"
def training_step(model, optimizer, x, y, limit):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
    gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, model.trainable_variables), limit)
    for variable, gradient in zip(model.trainable_variables, gradients):
        variable.assign_sub(tf.convert_to_tensor(optimizer.learning_rate) * gradient)
    return loss
