# fails: parameters-design-test
# Reaches the count by choosing another number of outputs. Passes the public test, loses the hidden one of
# parameters-design (3).
# %% solution="parameters-design"
def build_model(n_in, n_out, n_parameters):
    # One output is the simplest: bias-free layers of one neuron add one parameter each.
    x = inputs = tfk.Input((n_in,))
    x = tfkl.Dense(1)(x)
    for _ in range(n_parameters - n_in - 1):
        x = tfkl.Dense(1, use_bias=False)(x)
    return tfk.Model(inputs, x)
