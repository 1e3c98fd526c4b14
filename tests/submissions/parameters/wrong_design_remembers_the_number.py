# fails: parameters-design-test
# A model is kept for each N, and handed out for other inputs and outputs too.

# %% solution="parameters-design"
kept = {}


def build_model(n_in, n_out, n_parameters):
    if n_parameters not in kept:
        for first in range(1, 21):
            second, left_over = divmod(n_parameters - n_out - (n_in + 1) * first, first + 1 + n_out)
            if left_over == 0:
                break
        layers = [tfkl.Dense(first), tfkl.Dense(second), tfkl.Dense(n_out)]
        kept[n_parameters] = tfk.Sequential([tfk.Input(shape=(n_in,)), *layers])
    return kept[n_parameters]
