# fails: training-residual-test
# Every block is the identity at the start, because both of its layers are 0: neither ever gets a gradient.
# %% solution="training-residual"
def build_residual(width, depth):
    inputs = x = tfk.Input(shape=(width,))
    for _ in range(depth):
        inner = tfkl.Dense(width, "relu", kernel_initializer="zeros")(x)
        x = x + tfkl.Dense(width, kernel_initializer="zeros")(inner)
    return tfk.Model(inputs, x)
