# Right: a skip connection where the sizes allow one, and a softmax behind it, which mixes the outputs without weights.
# %% solution="parameters-design"
def build_model(n_in, n_out, n_parameters):
    for first in range(1, 21):
        second, left_over = divmod(n_parameters - n_out - (n_in + 1) * first, first + 1 + n_out)
        if left_over == 0:
            break
    inputs = tfk.Input(shape=(n_in,))
    x = tfkl.Dense(n_out)(tfkl.Dense(second, "relu")(tfkl.Dense(first, "relu")(inputs)))
    if n_in == n_out:
        x = tfkl.Softmax()(tfkl.Add()([inputs, x]))
    return tfk.Model(inputs, x)
