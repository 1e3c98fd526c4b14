# Right: SciPy and NumPy do most of it.
# %% solution="diffusion-score"
import scipy.special


def mixture_score(y, sigma, weights, means, widths):
    v = sigma**2 + widths**2
    away = means[np.newaxis] - y[:, np.newaxis]
    logs = np.log(weights) - np.einsum("nkd,nkd->nk", away, away) / (2 * v) - y.shape[1] / 2 * np.log(v)
    return np.einsum("nk,nkd->nd", scipy.special.softmax(logs, axis=1) / v, away)

# %% solution="diffusion-matching"
def matching_loss(score, noise, sigma):
    return np.linalg.norm(sigma * score + noise, axis=1) @ np.linalg.norm(sigma * score + noise, axis=1) / len(noise)

# %% solution="diffusion-kernel"
import scipy.integrate


def vp_kernel(t, low, high):
    area = t * (low + (low + (high - low) * t)) / 2
    alpha = np.exp(-area / 2)
    return [alpha, np.sqrt((1 + alpha) * -np.expm1(-area / 2))]

# %% solution="diffusion-components"
import scipy.linalg


def principal_components(rows, k):
    mean = rows.mean(axis=0)
    _, singular, components = scipy.linalg.svd(rows - mean, full_matrices=False)
    return mean, -components[:k], singular[:k] / len(rows) ** 0.5

# %% solution="diffusion-nearest"
import scipy.spatial.distance


def nearest(a, b):
    pairs = scipy.spatial.distance.cdist(a, b)
    return pairs.min(axis=1), pairs.argmin(axis=1)

# %% solution="diffusion-guidance"
def guidance(denoised, covariance, z, H, r, sigma):
    across = np.einsum("nij,mj->nim", covariance, H)
    spread = np.einsum("ki,nim->nkm", H, across) + r**2 * np.eye(len(H))
    return np.einsum("nim,nm->ni", across @ np.linalg.inv(spread), z[None] - np.einsum("mi,ni->nm", H, denoised)) / sigma**2
