# fails: training-step-test
# The model runs as if it were used: batch normalisation learns no averages.
# %% solution="training-step"
def training_step(model, optimizer, x, y, limit):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(x, training=False) - y) ** 2)
    gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, model.trainable_variables), limit)
    optimizer.apply(gradients, model.trainable_variables)
    return loss
