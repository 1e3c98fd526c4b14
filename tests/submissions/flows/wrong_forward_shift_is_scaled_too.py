# fails: flows-forward-test
# Adds the shift before it scales.
# %% solution="flows-forward"
def coupling_forward(x, conditioner):
    half = x.shape[1] // 2
    first, second = x[:, :half], x[:, half:]
    shift, log_scale = conditioner(first)
    return np.hstack([first, (second + shift) * np.exp(log_scale)]), log_scale.sum(axis=1)
