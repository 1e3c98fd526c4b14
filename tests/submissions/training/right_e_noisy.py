# Right, and noisy: prints, warns, and makes NumPy warn harmlessly.
# %% solution="training-batch"
import sys
import warnings


def batch_mean_variance(values, size):
    print("a batch of", size)
    warnings.warn("old habits", DeprecationWarning)
    np.log(np.zeros(2))
    return np.var(values) * len(values) / (len(values) - 1) * (1 - size / len(values)) / size

# %% solution="training-schedule"
def learning_rate(step, peak, warmup, total):
    print("to stderr", file=sys.stderr)
    rates = [peak * (k + 1) / warmup for k in range(warmup)]
    rates += [peak / 2 + peak / 2 * np.cos(np.pi * k / (total - warmup)) for k in range(total - warmup)]
    return np.array((rates + [0.0])[min(step, total)])

# %% solution="training-rate"
def largest_rate(x):
    print("eigenvalues")
    return 1 / np.max(np.abs(np.linalg.eigvals(np.transpose(x) @ x / len(x))))
