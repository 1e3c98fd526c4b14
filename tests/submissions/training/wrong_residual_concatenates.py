# fails: training-residual-test
# The skip connection concatenates, as in a U-Net.
# %% solution="training-residual"
def build_residual(width, depth):
    inputs = tfk.Input(shape=(width,))
    signal = inputs
    for _ in range(depth):
        inner = tfkl.Dense(width, activation="relu")(signal)
        signal = tfkl.Dense(width)(tfkl.Concatenate()([signal, inner]))
    return tfk.Model(inputs, signal)
