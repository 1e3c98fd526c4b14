# Right: a skip connection where the shapes allow it, from the input to the output.

# %% solution="parameters-design"
def build_model(n_in, n_out, n_parameters):
    for first in range(1, 21):
        second, left_over = divmod(n_parameters - n_out - (n_in + 1) * first, first + 1 + n_out)
        if left_over == 0:
            break
    inputs = tfk.Input(shape=(n_in,))
    x = inputs
    for width in (first, second):
        x = tfkl.Dense(width, activation="tanh")(x)
    x = tfkl.Dense(n_out)(x)
    if n_in == n_out:
        x = tfkl.Activation("relu")(tfkl.Add()([x, inputs]))
    return tfk.Model(inputs, x)
