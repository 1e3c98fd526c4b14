# fails: parameters-design-test
# A second network works beside the model, and Keras counts none of its weights.

# %% solution="parameters-design"
def build_model(n_in, n_out, n_parameters):
    for first in range(1, 21):
        second, left_over = divmod(n_parameters - n_out - (n_in + 1) * first, first + 1 + n_out)
        if left_over == 0:
            break
    beside = np.random.default_rng(0).normal(size=(n_in, n_out)).astype("float32")
    inputs = tfk.Input(shape=(n_in,))
    x = tfkl.Dense(n_out)(tfkl.Dense(second)(tfkl.Dense(first)(inputs)))
    return tfk.Model(inputs, tfkl.Add()([x, tfkl.Lambda(lambda x: x @ beside)(inputs)]))
