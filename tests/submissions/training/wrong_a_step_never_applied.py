# fails: training-step-test
# fails when trained: training-step-test-2, training-step-test-3, training-step-test-4, training-transfer-test-2
# The gradients are never applied: the loss is right, and nothing learns.
# %% solution="training-step"
def training_step(model, optimizer, x, y, limit):
    return tf.reduce_mean((model(x, training=True) - y) ** 2)
