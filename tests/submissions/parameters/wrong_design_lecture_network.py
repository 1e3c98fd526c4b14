# fails: parameters-design-test
# Builds the lecture's network whatever is asked.
# %% solution="parameters-design"
def build_model(n_in, n_out, n_parameters):
    return tfk.Sequential([tfk.Input((n_in,)), tfkl.Dense(4), tfkl.Dense(4), tfkl.Dense(n_out)])
