# fails: redshifts-step-test
# fails when trained: redshifts-network-test-2, redshifts-network-test-3, redshifts-network-test-4, redshifts-maps-test-2, redshifts-maps-test-3
# Computes gradients and applies none: nothing learns.
# %% solution="redshifts-step"
def train_step(model, optimizer, loss_function, x, target):
    with tf.GradientTape() as tape:
        loss = loss_function(target, model(x, training=True))
    tape.gradient(loss, model.trainable_variables)
    return loss
