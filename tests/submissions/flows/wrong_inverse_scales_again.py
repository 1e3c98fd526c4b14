# fails: flows-inverse-test
# exp(+s) in the inverse.
# %% solution="flows-inverse"
def coupling_inverse(y, conditioner):
    half = y.shape[1] // 2
    shift, log_scale = conditioner(y[:, :half])
    return np.hstack([y[:, :half], (y[:, half:] - shift) * np.exp(log_scale)])
