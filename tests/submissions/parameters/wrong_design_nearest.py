# fails: parameters-design-test
# Comes as close as one hidden layer can.
# %% solution="parameters-design"
def build_model(n_in, n_out, n_parameters):
    hidden = max(1, round((n_parameters - n_out) / (n_in + n_out + 1)))
    return tfk.Sequential([tfk.Input((n_in,)), tfkl.Dense(hidden, activation="relu"), tfkl.Dense(n_out)])
