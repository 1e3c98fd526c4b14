# fails: parameters-design-test
# Builds a model that knows no input shape.
# %% solution="parameters-design"
def build_model(n_in, n_out, n_parameters):
    for a in range(1, 21):
        for b in range(1, 21):
            if (n_in + 1) * a + (a + 1) * b + (b + 1) * n_out == n_parameters:
                return tfk.Sequential([tfkl.Dense(a), tfkl.Dense(b), tfkl.Dense(n_out)])
