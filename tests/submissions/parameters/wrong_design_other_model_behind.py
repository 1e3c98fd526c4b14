# fails: parameters-design-test
# The last step is another model, called from Python, so that Keras does not count its weights.

# %% solution="parameters-design"
def build_model(n_in, n_out, n_parameters):
    for first in range(1, 21):
        second, left_over = divmod(n_parameters - n_out - (n_in + 1) * first, first + 1 + n_out)
        if left_over == 0:
            break
    other = tfk.Sequential([tfk.Input(shape=(n_out,)), tfkl.Dense(n_out)])
    hidden = [tfkl.Dense(width, activation="relu") for width in (first, second)]
    return tfk.Sequential([tfk.Input(shape=(n_in,)), *hidden, tfkl.Dense(n_out), tfkl.Lambda(lambda x: other(x))])
