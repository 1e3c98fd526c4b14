# Right, but prints, warns of something deprecated, divides by zero on the way and writes into its arguments.
# %% solution="vae-stabilise"
import warnings


def stabilise(images, noise, exposure):
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    with np.errstate(all="ignore"):
        np.log(np.zeros(1))
    images = np.array(images, dtype=float)
    images /= exposure
    images += noise**2
    np.sqrt(images, images)
    return (images - noise) * exposure * 2

# %% solution="vae-posterior"
def ppca_posterior(x, W, sigma):
    print("posterior of", len(x), "pixels")
    cov_x = W @ W.T
    cov_x[np.diag_indices(len(x))] += sigma**2
    gain = W.T @ np.linalg.inv(cov_x)
    x *= 1.0
    return np.array(gain @ x), np.eye(W.shape[1]) - gain @ W

# %% solution="vae-moments"
def moments(images, scale):
    print(images.shape)
    flux = [image.sum() for image in images]
    p = np.linspace(-(images.shape[2] - 1) / 2, (images.shape[2] - 1) / 2, images.shape[2])
    images = images * np.exp(-0.5 * (p[None, :, None] ** 2 + p[None, None, :] ** 2) / scale**2)
    out = []
    for f, image in zip(flux, images):
        total = image.sum()
        x, y = np.meshgrid(p, p)
        x, y = x - (image * x).sum() / total, y - (image * y).sum() / total
        Q = np.array([[(image * a * b).sum() / total for a in (x, y)] for b in (x, y)])
        root = np.sqrt(np.linalg.det(Q))
        trace = np.trace(Q)
        out.append((f, root**0.5, (Q[0, 0] - Q[1, 1]) / (trace + 2 * root), 2 * Q[0, 1] / (trace + 2 * root)))
    return np.array(out)

# %% solution="vae-ks"
def ks_statistic(a, b):
    warnings.warn("old", FutureWarning, stacklevel=2)
    print("ks")
    a, b = np.sort(a), np.sort(b)
    every = np.sort(np.concatenate([a, b]))
    return float(max(abs(np.searchsorted(a, every, "right") / a.size - np.searchsorted(b, every, "right") / b.size)))
