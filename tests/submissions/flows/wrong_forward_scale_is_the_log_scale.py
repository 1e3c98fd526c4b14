# fails: flows-forward-test
# Multiplies with the log-scale itself. The log-determinant is right.
# %% solution="flows-forward"
def coupling_forward(x, conditioner):
    half = x.shape[1] // 2
    first, second = x[:, :half], x[:, half:]
    shift, log_scale = conditioner(first)
    return np.hstack([first, second * log_scale + shift]), log_scale.sum(axis=1)
