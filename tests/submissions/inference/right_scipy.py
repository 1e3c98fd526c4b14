# Right: with SciPy and einsum, a softplus network by subclassing.
# %% solution="inference-rejection"
def nearby_simulations(theta, x, observed, scales, epsilon):
    off = np.linalg.norm((x - observed) / scales, axis=1) / np.sqrt(x.shape[1])
    return np.compress(off <= epsilon, theta, axis=0)

# %% solution="inference-ratio"
import scipy.special


def ratio_posterior(logits, prior, area):
    with np.errstate(divide="ignore"):
        joint = logits + np.log(prior)
    return scipy.special.softmax(joint, axis=1) / area

# %% solution="inference-likelihood"
def fit_likelihood(features, x):
    weights = np.linalg.lstsq(features, x)[0]
    off = x - features @ weights
    return weights, np.einsum("na,nb->ab", off, off) / off.shape[0]

# %% solution="inference-joint"
def joint_score(log_likelihood, theta, z, x):
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(theta)
        value = tf.reduce_sum(log_likelihood(theta, z, x))
    return tf.convert_to_tensor(tape.gradient(value, [theta])[0])

# %% solution="inference-marginal"
def marginal_score(theta, x, A, B, cov):
    return np.linalg.solve(cov + np.einsum("ik,jk->ij", B, B), (x - theta @ A.T).T).T @ A

# %% solution="inference-networks"
def build_networks(n_layers, hidden, n_data):
    class Tower(tfk.Model):
        def __init__(self):
            super().__init__()
            self.inner = [tfkl.Dense(hidden, "tanh"), tfkl.Dense(hidden, "softplus")]
            self.outer = tfkl.Dense(2)

        def call(self, x):
            for layer in self.inner:
                x = layer(x)
            return self.outer(x)

    networks = tuple(Tower() for _ in range(n_layers))
    for network in networks:
        network(tf.zeros((1, 1 + n_data)))
    return networks

# %% solution="inference-coverage"
def credibility(density, cells, area):
    truth = np.take_along_axis(density, np.asarray(cells)[:, None], axis=1)
    return area * np.einsum("nm,nm->n", density, density > truth)

# %% solution="inference-gain"
import scipy.stats


def information_gain(log_q, log_prior):
    return (log_q - log_prior).mean(), scipy.stats.sem(log_q - log_prior)

# %% solution="inference-bands"
def log_band_powers(estimate, power, modes):
    return scipy.stats.chi2.logpdf(estimate[:, None], modes, scale=power / modes).sum(axis=-1)

# %% solution="inference-scatter"
def score_scatter(A, B, cov):
    return A.T @ (np.linalg.solve(cov, A) - np.linalg.solve(cov + np.einsum("ik,jk->ij", B, B), A))

# %% solution="inference-nearer"
def nearer_fraction(samples, truth, reference):
    reference = reference[:, None]
    return (np.linalg.norm(samples - reference, axis=2) < np.linalg.norm(truth[:, None] - reference, axis=2)).mean(1)
