# fails: training-residual-test
# A ReLU after the sum: no identity for negative numbers.
# %% solution="training-residual"
def build_residual(width, depth):
    inputs = tfk.Input(shape=(width,))
    signal = inputs
    for _ in range(depth):
        inner = tfkl.Dense(width, activation="relu")(signal)
        signal = tfkl.ReLU()(signal + tfkl.Dense(width)(inner))
    return tfk.Model(inputs, signal)
