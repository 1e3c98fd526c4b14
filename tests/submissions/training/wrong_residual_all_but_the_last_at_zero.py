# fails: training-residual-test
# may fail when trained: training-step-test-2, training-step-test-3, training-step-test-4, training-transfer-test-2
# Both layers of each block but the last start at 0, and stay there: one block alone learns.
# %% solution="training-residual"
def build_residual(width, depth):
    inputs = x = tfk.Input(shape=(width,))
    for k in range(depth):
        start = "glorot_uniform" if k == depth - 1 else "zeros"
        inner = tfkl.Dense(width, "relu", kernel_initializer=start)(x)
        x = x + tfkl.Dense(width, kernel_initializer=start)(inner)
    return tfk.Model(inputs, x)
