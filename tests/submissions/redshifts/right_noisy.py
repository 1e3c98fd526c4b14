# Right, but prints, warns and divides by zero on the way.
# %% solution="redshifts-metrics"
import warnings


def redshift_metrics(z_phot, z_true, cut):
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    np.zeros(1) / np.zeros(1)
    scaled = (np.array(z_phot, float) - z_true) / (1.0 + z_true)
    inside = np.count_nonzero(np.abs(scaled) <= cut)
    return scaled.sum() / scaled.size, np.median(np.abs(scaled - np.median(scaled))) * 1.4826, 1 - inside / scaled.size

# %% solution="redshifts-posterior"
def grid_posterior(log_like, prior, z):
    print("posterior of", len(log_like))
    joint = log_like + np.log(prior)
    joint -= joint.max(axis=(1, 2), keepdims=True)
    density = np.exp(joint).sum(axis=2)
    return density / np.trapezoid(density, z, axis=1)[:, np.newaxis]

# %% solution="redshifts-bins"
def bin_densities(density, points, edges):
    print(edges)
    answer = []
    for low, high in zip(edges, edges[1:]):
        warnings.warn("old", DeprecationWarning, stacklevel=2)
        answer.append(density[np.logical_and(low <= points, points < high)].mean(axis=0))
    return np.nan_to_num(answer)

# %% solution="redshifts-reweight"
def reweight(density, old, new, z):
    ratio = new / old
    ratio[old == 0] = 0
    density = density * ratio
    return density / np.trapezoid(density, z, axis=1)[:, None]

# %% solution="redshifts-slope"
def slope_posterior(maps, slopes, log_powers):
    print(maps.shape)
    np.log(np.zeros(1))
    power = np.abs(np.fft.fft2(maps, norm="ortho")) ** 2
    power[:, 0, 0] = 0
    log_p = np.array(log_powers)
    log_p[:, 0, 0] = 0
    log_like = -0.5 * (np.einsum("nij,mij->nm", power, np.exp(-log_p)) + log_p.sum(axis=(1, 2)))
    density = np.exp(log_like - log_like.max(axis=1)[:, None])
    return density / np.trapezoid(density, slopes, axis=1)[:, None]
