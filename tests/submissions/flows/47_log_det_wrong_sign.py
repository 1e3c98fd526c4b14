# The log-determinant of the inverse. Loses the test of the log-determinant (2).
# %% solution="flows-forward"
def coupling_forward(x, conditioner):
    half = x.shape[1] // 2
    first, second = x[:, :half], x[:, half:]
    shift, log_scale = conditioner(first)
    return np.hstack([first, second * np.exp(log_scale) + shift]), -log_scale.sum(axis=1)
