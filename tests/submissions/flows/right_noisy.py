# Right, but prints, warns and divides by zero on the way.
# %% solution="flows-lognormal"
import warnings


def lognormal_log_prob(y, a, b):
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    np.log(np.zeros(1))
    y = (np.log(y) - a) / b
    return scipy.stats.norm.logpdf(y) - np.log(abs(b)) - (a + b * y)

# %% solution="flows-inverse"
def coupling_inverse(y, conditioner):
    print("inverse of", y.shape)
    y = np.array(y)
    half = y.shape[1] // 2
    shift, log_scale = conditioner(y[:, :half])
    y[:, half:] -= shift
    y[:, half:] /= np.exp(log_scale)
    return y

# %% solution="flows-forward"
def coupling_forward(x, conditioner):
    print("forward of", x.shape)
    x = np.array(x)
    half = x.shape[1] // 2
    shift, log_scale = conditioner(x[:, :half])
    np.zeros(1) / np.zeros(1)
    x[:, half:] *= np.exp(log_scale)
    x[:, half:] += shift
    return (x, np.log(np.prod(np.exp(log_scale), axis=1)))

# %% solution="flows-coverage"
def coverage(log_prob_true, log_prob_samples, levels):
    print(levels)
    rank = (log_prob_samples > log_prob_true[None, :]).sum(0)
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    return [(rank <= level * len(log_prob_samples) + 1e-9).mean() for level in levels]
