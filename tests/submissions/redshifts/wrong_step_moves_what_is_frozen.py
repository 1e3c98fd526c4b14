# fails: redshifts-step-test
# Unfreezes every layer before it takes a gradient.
# %% solution="redshifts-step"
def train_step(model, optimizer, loss_function, x, target):
    for layer in model.layers:
        layer.trainable = True
    with tf.GradientTape() as tape:
        loss = loss_function(target, model(x))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss
