# fails: parameters-design-test
# Finds the right count, but freezes the first layer.
# %% solution="parameters-design"
def build_model(n_in, n_out, n_parameters):
    for a in range(1, 21):
        for b in range(1, 21):
            if (n_in + 1) * a + (a + 1) * b + (b + 1) * n_out == n_parameters:
                model = tfk.Sequential([tfk.Input((n_in,)), tfkl.Dense(a), tfkl.Dense(b), tfkl.Dense(n_out)])
                model.layers[0].trainable = False
                return model
