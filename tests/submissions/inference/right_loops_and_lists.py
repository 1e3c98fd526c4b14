# Right: plain Python, one object at a time, lists for arrays.
# %% solution="inference-rejection"
def nearby_simulations(theta, x, observed, scales, epsilon):
    kept = []
    for one, data in zip(theta, x):
        if sum(((a - b) / s) ** 2 for a, b, s in zip(data, observed, scales)) <= epsilon**2 * len(data):
            kept.append(one)
    return np.array(kept).reshape(-1, theta.shape[1])

# %% solution="inference-ratio"
def ratio_posterior(logits, prior, area):
    rows = []
    for row in logits:
        largest = max(value for value, weight in zip(row, prior) if weight > 0)
        terms = [w * np.exp(v - largest) if w > 0 else 0.0 for v, w in zip(row, prior)]
        rows.append(np.array(terms) / (sum(terms) * area))
    return rows

# %% solution="inference-likelihood"
def fit_likelihood(features, x):
    weights = np.linalg.pinv(features) @ x
    off = [row - f @ weights for row, f in zip(x, features)]
    return [weights, sum(np.outer(one, one) for one in off) / len(off)]

# %% solution="inference-joint"
def joint_score(log_likelihood, theta, z, x):
    variable = tf.Variable(theta)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(log_likelihood(tf.convert_to_tensor(variable), z, x))
    return tape.gradient(total, variable)

# %% solution="inference-marginal"
def marginal_score(theta, x, A, B, cov):
    inverse = np.linalg.inv(cov)
    gain = np.linalg.inv(np.eye(B.shape[1]) + B.T @ inverse @ B) @ B.T @ inverse
    rows = []
    for one, data in zip(theta, x):
        off = data - A @ one
        rows.append(A.T @ inverse @ (off - B @ (gain @ off)))
    return rows

# %% solution="inference-compress"
def compress(x, guess, mean, slopes, cov):
    fisher = slopes.T @ np.linalg.solve(cov, slopes)
    return [guess + np.linalg.solve(fisher, slopes.T @ np.linalg.solve(cov, one - mean)) for one in x], fisher

# %% solution="inference-coverage"
def credibility(density, cells, area):
    return [sum(value for value in row if value > row[cell]) * area for row, cell in zip(density, cells)]

# %% solution="inference-gain"
def information_gain(log_q, log_prior):
    gain = [a - b for a, b in zip(log_q, log_prior)]
    mean = sum(gain) / len(gain)
    return [mean, (sum((one - mean) ** 2 for one in gain) / (len(gain) - 1) / len(gain)) ** 0.5]

# %% solution="inference-bands"
import math


def log_band_powers(estimate, power, modes):
    def one(seen, true, n):
        return n / 2 * math.log(n * seen / 2 / true) - n * seen / 2 / true - math.log(seen) - math.lgamma(n / 2)

    return [[sum(map(one, seen, true, modes)) for true in power] for seen in estimate]

# %% solution="inference-scatter"
def score_scatter(A, B, cov):
    inverse = np.linalg.inv(cov)
    moved = A.T @ inverse @ B
    return [list(row) for row in moved @ np.linalg.inv(np.eye(B.shape[1]) + B.T @ inverse @ B) @ moved.T]

# %% solution="inference-nearer"
def nearer_fraction(samples, truth, reference):
    return [
        sum(math.dist(one, middle) < math.dist(true, middle) for one in some) / len(some)
        for some, true, middle in zip(samples, truth, reference)
    ]
