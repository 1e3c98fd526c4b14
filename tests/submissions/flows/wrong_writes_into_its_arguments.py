# fails: flows-lognormal-test, flows-forward-test, flows-forward-test-2, flows-inverse-test
# The right values, written over what was given: the caller's samples are gone.
# %% solution="flows-lognormal"
import warnings


def lognormal_log_prob(y, a, b):
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    np.log(np.zeros(1))
    np.log(y, out=y)
    y -= a
    y /= b
    return scipy.stats.norm.logpdf(y) - np.log(abs(b)) - (a + b * y)

# %% solution="flows-inverse"
def coupling_inverse(y, conditioner):
    print("inverse of", y.shape)
    half = y.shape[1] // 2
    shift, log_scale = conditioner(y[:, :half])
    y[:, half:] -= shift
    y[:, half:] /= np.exp(log_scale)
    return y

# %% solution="flows-forward"
def coupling_forward(x, conditioner):
    print("forward of", x.shape)
    half = x.shape[1] // 2
    shift, log_scale = conditioner(x[:, :half])
    np.zeros(1) / np.zeros(1)
    x[:, half:] *= np.exp(log_scale)
    x[:, half:] += shift
    return (x, np.log(np.prod(np.exp(log_scale), axis=1)))
