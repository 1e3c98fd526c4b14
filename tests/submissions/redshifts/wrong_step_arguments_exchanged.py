# fails: redshifts-step-test
# Gives the answer to the loss where it expects the target.
# %% solution="redshifts-step"
def train_step(model, optimizer, loss_function, x, target):
    with tf.GradientTape() as tape:
        answer = model(x, training=True)
        loss = loss_function(answer, target)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)
    return loss
