# fails: redshifts-step-test
# A step of gradient descent by hand, whatever the optimiser.
# %% solution="redshifts-step"
def train_step(model, optimizer, loss_function, x, target):
    with tf.GradientTape() as tape:
        loss = loss_function(target, model(x))
    for variable, gradient in zip(model.trainable_variables, tape.gradient(loss, model.trainable_variables)):
        variable.assign_sub(tf.convert_to_tensor(optimizer.learning_rate) * gradient)
    return loss
