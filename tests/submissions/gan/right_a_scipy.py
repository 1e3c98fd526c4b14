# Right, with NumPy and SciPy in float64.
# %% solution="gan-optimal"
from scipy.special import expit, log_expit


def optimal_discriminator(log_p, log_q):
    return np.exp(log_p - np.logaddexp(log_p, log_q))

# %% solution="gan-jsd"
from scipy.special import rel_entr


def jensen_shannon(p, q, dx):
    p, q = np.asarray(p, dtype=float), np.asarray(q, dtype=float)
    m = (p + q) / 2
    return dx / 2 * (rel_entr(p, m).sum() + rel_entr(q, m).sum())

# %% solution="gan-dloss"
def discriminator_loss(real_logits, fake_logits):
    return -np.mean(log_expit(real_logits)) - np.mean(log_expit(-np.asarray(fake_logits)))

# %% solution="gan-gloss"
def generator_loss(fake_logits, saturating):
    return np.mean(log_expit(-fake_logits)) if saturating else -np.mean(log_expit(fake_logits))

# %% solution="gan-gradient"
def generator_gradient(fake_logits, saturating):
    d = expit(fake_logits)
    return (-d if saturating else -expit(-fake_logits)) / np.size(fake_logits)

# %% solution="gan-ratio"
def density_ratio(logits, n_real, n_fake):
    return np.exp(logits + np.log(n_fake / n_real))

# %% solution="gan-modes"
from scipy.spatial import KDTree


def modes_covered(samples, centres, radius, at_least):
    near = KDTree(samples).query_ball_point(centres, radius)
    counts = [len(rows) for rows in near]
    return sum(count >= at_least for count in counts), sum(counts) / len(samples)

# %% solution="gan-energy"
from scipy.spatial.distance import cdist


def energy_distance(a, b):
    return 2 * cdist(a, b).mean() - cdist(a, a).mean() - cdist(b, b).mean()

# %% solution="gan-power"
from scipy.stats import binned_statistic


def power_spectrum(field, box_size, n_bins):
    m = len(field)
    f = np.fft.fftfreq(m, box_size / m) * 2 * np.pi
    k = np.hypot(*np.meshgrid(f, f)).ravel()
    p = (np.abs(np.fft.fft2(field)) ** 2).ravel() * box_size**2 / m**4
    edges = 2 * np.pi / box_size * (np.arange(n_bins + 1) + 0.5)
    return binned_statistic(k, [k, p], bins=edges).statistic
