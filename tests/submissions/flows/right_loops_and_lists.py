# Right, with loops and lists.
# %% solution="flows-lognormal"
def lognormal_log_prob(y, a, b):
    if np.ndim(y) > 0:
        return [lognormal_log_prob(one, a, b) for one in y]
    x = (np.log(y) - a) / b
    return -(x**2) / 2 - np.log(np.sqrt(2 * np.pi)) - np.log(abs(b)) - np.log(y)

# %% solution="flows-entropy"
def gaussian_entropy(cov):
    return sum(0.5 * np.log(2 * np.pi * np.e * value) for value in np.linalg.eigvalsh(cov))

# %% solution="flows-nll"
def held_out_nll(log_probs):
    n = len(log_probs)
    mean = sum(log_probs) / n
    return -mean, (sum((value - mean) ** 2 for value in log_probs) / (n - 1) / n) ** 0.5

# %% solution="flows-forward"
def coupling_forward(x, conditioner):
    half = x.shape[1] // 2
    shift, log_scale = conditioner(x[:, :half])
    y, log_det = [], []
    for row, t, s in zip(x, shift, log_scale):
        y.append([*row[:half], *(row[half + j] * np.exp(s[j]) + t[j] for j in range(half))])
        log_det.append(sum(s))
    return y, log_det

# %% solution="flows-inverse"
def coupling_inverse(y, conditioner):
    half = y.shape[1] // 2
    shift, log_scale = conditioner(y[:, :half])
    return [
        [*row[:half], *((row[half + j] - t[j]) / np.exp(s[j]) for j in range(half))]
        for row, t, s in zip(y, shift, log_scale)
    ]

# %% solution="flows-latent"
def radius_distance(z):
    values = sorted(sum(number**2 for number in point) for point in z)
    n = len(values)
    largest = 0.0
    for i, value in enumerate(values):
        F = scipy.stats.chi2.cdf(value, len(z[0]))
        largest = max(largest, (i + 1) / n - F, F - i / n)
    return largest

# %% solution="flows-coverage"
def coverage(log_prob_true, log_prob_samples, levels):
    k, n = log_prob_samples.shape
    result = []
    for level in levels:
        inside = 0
        for i in range(n):
            inside += np.count_nonzero(log_prob_samples[:, i] > log_prob_true[i]) / k <= level
        result.append(inside / n)
    return result
