# fails: flows-forward-test-2
# The log-determinant of the inverse.
# %% solution="flows-forward"
def coupling_forward(x, conditioner):
    half = x.shape[1] // 2
    first, second = x[:, :half], x[:, half:]
    shift, log_scale = conditioner(first)
    return np.hstack([first, second * np.exp(log_scale) + shift]), -log_scale.sum(axis=1)
