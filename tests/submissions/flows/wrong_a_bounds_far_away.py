# fails: flows-lognormal-test, flows-forward-test, flows-forward-test-2, flows-inverse-test, flows-chain-test, flows-spline-test
# Bounds and guards that a moderate number never meets: log-scales cut at 2, y at 1e-12, a softmax with 1e-8 below.
# %% solution="flows-lognormal"
def lognormal_log_prob(y, a, b):
    y = np.clip(y, 1e-12, 1e12)
    x = (np.log(y) - a) / b
    return -0.5 * x**2 - 0.5 * np.log(2 * np.pi) - np.log(np.abs(b) * y)


# %% solution="flows-forward"
def coupling_forward(x, conditioner):
    half = x.shape[1] // 2
    first, second = x[:, :half], x[:, half:]
    shift, log_scale = conditioner(first)
    log_scale = np.clip(log_scale, -2.0, 2.0)
    y = np.concatenate([first, second * np.exp(log_scale) + shift], axis=1)
    return y, np.sum(log_scale, axis=1)


# %% solution="flows-inverse"
def coupling_inverse(y, conditioner):
    half = y.shape[1] // 2
    first, second = y[:, :half], y[:, half:]
    shift, log_scale = conditioner(first)
    log_scale = np.clip(log_scale, -2.0, 2.0)
    return np.concatenate([first, (second - shift) * np.exp(-log_scale)], axis=1)


# %% solution="flows-chain"
def chain_log_prob(x, conditioners):
    half = x.shape[1] // 2
    total = 0.0
    for conditioner in reversed(conditioners):
        first, second = x[:, half:], x[:, :half]
        shift, log_scale = conditioner(first)
        log_scale = np.clip(log_scale, -2.0, 2.0)
        x = np.concatenate([first, (second - shift) * np.exp(-log_scale)], axis=1)
        total = total + np.sum(log_scale, axis=1)
    return -0.5 * np.sum(x**2 + np.log(2 * np.pi), axis=1) - total


# %% solution="flows-spline"
def spline_parameters(raw, n_bins, bound):
    smallest = 0.01
    u, v, a = raw[..., :n_bins], raw[..., n_bins : 2 * n_bins], raw[..., 2 * n_bins :]
    room = 2 * bound - n_bins * smallest
    soft = lambda r: tf.exp(r) / (tf.reduce_sum(tf.exp(r), axis=-1, keepdims=True) + 1e-8)
    return smallest + room * soft(u), smallest + room * soft(v), smallest + tf.math.log(1 + tf.exp(a))
