# Adds the shift before it scales. Loses the test of y (2).
# %% solution="flows-forward"
def coupling_forward(x, conditioner):
    half = x.shape[1] // 2
    first, second = x[:, :half], x[:, half:]
    shift, log_scale = conditioner(first)
    return np.hstack([first, (second + shift) * np.exp(log_scale)]), log_scale.sum(axis=1)
