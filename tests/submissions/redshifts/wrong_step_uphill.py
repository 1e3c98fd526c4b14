# fails: redshifts-step-test
# fails when trained: redshifts-network-test-2, redshifts-network-test-3, redshifts-network-test-4, redshifts-maps-test-2, redshifts-maps-test-3
# Goes uphill.
# %% solution="redshifts-step"
def train_step(model, optimizer, loss_function, x, target):
    with tf.GradientTape() as tape:
        loss = loss_function(target, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply([-gradient for gradient in gradients], model.trainable_variables)
    return loss
