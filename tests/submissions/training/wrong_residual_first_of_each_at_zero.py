# fails: training-residual-test
# may fail when trained: training-step-test-2, training-step-test-3, training-step-test-4, training-transfer-test-2
# The first layer of each block starts at 0: behind its ReLU nothing passes, and neither layer ever gets a gradient.
# %% solution="training-residual"
def build_residual(width, depth):
    inputs = x = tfk.Input(shape=(width,))
    for _ in range(depth):
        inner = tfkl.Dense(width, "relu", kernel_initializer="zeros")(x)
        x = x + tfkl.Dense(width)(inner)
    return tfk.Model(inputs, x)
