# fails: redshifts-step-test
# Returns the loss after the step.
# %% solution="redshifts-step"
def train_step(model, optimizer, loss_function, x, target):
    with tf.GradientTape() as tape:
        loss = loss_function(target, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)
    return loss_function(target, model(x, training=True))
