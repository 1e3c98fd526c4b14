# Right: SciPy does most of it.
# %% solution="redshifts-metrics"
def redshift_metrics(z_phot, z_true, cut):
    residual = (z_phot - z_true) / (1 + z_true)
    return np.array(
        [residual.mean(), 1.4826 * scipy.stats.median_abs_deviation(residual), (np.abs(residual) > cut).mean()]
    )

# %% solution="redshifts-likelihood"
def log_likelihood(x, predicted, cov):
    import scipy.linalg

    root = scipy.linalg.cholesky(cov, lower=True)
    off = x[:, None, None] - predicted
    white = scipy.linalg.solve_triangular(root, off.reshape(-1, off.shape[-1]).T, lower=True)
    return -(white**2).sum(axis=0).reshape(off.shape[:-1]) / 2

# %% solution="redshifts-posterior"
def grid_posterior(log_like, prior, z):
    import scipy.integrate

    allowed = np.where(prior > 0, log_like, -np.inf)
    allowed = allowed - allowed.max(axis=(1, 2), keepdims=True)
    density = np.exp(scipy.special.logsumexp(allowed, axis=2, b=np.broadcast_to(prior, allowed.shape)))
    return density / scipy.integrate.trapezoid(density, z, axis=1)[:, None]

# %% solution="redshifts-points"
def best_points(density, z):
    import scipy.integrate

    below = scipy.integrate.cumulative_trapezoid(density, z, axis=1, initial=0)
    halves = [np.interp(0.5, row, z) for row in below]
    return scipy.integrate.trapezoid(density * z, z, axis=1), np.array(halves), z[density.argmax(axis=-1)]

# %% solution="redshifts-pit"
def pit(density, z, z_true):
    import scipy.integrate

    below = scipy.integrate.cumulative_trapezoid(density, z, axis=-1, initial=0)
    return np.array([float(np.interp(z_true[i], z, below[i])) for i in range(len(z_true))])

# %% solution="redshifts-bins"
def bin_densities(density, points, edges):
    place = np.digitize(points, edges) - 1
    inside = (place[:, None] == np.arange(len(edges) - 1)).astype(float)
    return inside.T @ density / np.maximum(inside.sum(axis=0), 1)[:, None]

# %% solution="redshifts-reweight"
def reweight(density, old, new, z):
    changed = density * np.divide(new, old, out=np.zeros(len(z)), where=old > 0)
    return changed / np.trapezoid(changed, z)[:, None]
