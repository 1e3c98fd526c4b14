# Right: plain Python, one object at a time, lists for arrays.
# %% solution="redshifts-metrics"
def redshift_metrics(z_phot, z_true, cut):
    residuals = sorted((float(p) - float(t)) / (1 + float(t)) for p, t in zip(z_phot, z_true))

    def middle(values):
        values = sorted(values)
        half = len(values) // 2
        return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2

    centre = middle(residuals)
    width = 1.4826 * middle([abs(r - centre) for r in residuals])
    return [sum(residuals) / len(residuals), width, sum(r > cut or r < -cut for r in residuals) / len(residuals)]

# %% solution="redshifts-likelihood"
def log_likelihood(x, predicted, cov):
    inverse = np.linalg.inv(cov)
    answer = np.zeros((len(x),) + predicted.shape[:2])
    for number, one in enumerate(x):
        for place, row in enumerate(predicted):
            off = one - row
            answer[number, place] = -np.einsum("ti,ij,tj->t", off, inverse, off) / 2
    return answer

# %% solution="redshifts-posterior"
def grid_posterior(log_like, prior, z):
    rows = []
    for one in log_like:
        largest = np.max(one[prior > 0])
        terms = np.where(prior > 0, prior * np.exp(np.minimum(one - largest, 0)), 0).sum(axis=1)
        rows.append(terms / np.trapezoid(terms, z))
    return rows

# %% solution="redshifts-points"
def best_points(density, z):
    means, medians, modes = [], [], []
    for row in density:
        means.append(np.trapezoid(row * z, z))
        modes.append(z[list(row).index(max(row))])
        reached = 0.0
        for k in range(len(z) - 1):
            area = (row[k] + row[k + 1]) / 2 * (z[k + 1] - z[k])
            if reached + area >= 0.5 or k == len(z) - 2:
                medians.append(z[k] + (z[k + 1] - z[k]) * (0.5 - reached) / area)
                break
            reached += area
    return means, medians, modes

# %% solution="redshifts-pit"
def pit(density, z, z_true):
    ranks = []
    for row, truth in zip(density, z_true):
        reached = 0.0
        for k in range(len(z) - 1):
            share = min(max((truth - z[k]) / (z[k + 1] - z[k]), 0.0), 1.0)
            reached += share * (row[k] + row[k + 1]) / 2 * (z[k + 1] - z[k])
            if share < 1:
                break
        ranks.append(reached)
    return ranks

# %% solution="redshifts-bins"
def bin_densities(density, points, edges):
    rows = []
    for low, high in zip(edges[:-1], edges[1:]):
        inside = [row for row, point in zip(density, points) if low <= point < high]
        rows.append(sum(inside) / len(inside) if inside else np.zeros(density.shape[1]))
    return rows

# %% solution="redshifts-reweight"
def reweight(density, old, new, z):
    changed = np.zeros(density.shape)
    for k in range(len(z)):
        if old[k] > 0:
            changed[:, k] = density[:, k] * new[k] / old[k]
    return [row / np.trapezoid(row, z) for row in changed]

# %% solution="redshifts-fisher"
def fisher_matrix(log_power, theta, step):
    derivatives = []
    for i in range(len(theta)):
        up, down = np.array(theta, dtype=float), np.array(theta, dtype=float)
        up[i] += step
        down[i] -= step
        change = (np.asarray(log_power(up)) - np.asarray(log_power(down))) / (2 * step)
        change[0, 0] = 0
        derivatives.append(change)
    return [[0.5 * np.sum(a * b) for a in derivatives] for b in derivatives]

# %% solution="redshifts-slope"
def slope_posterior(maps, slopes, log_powers):
    rows = []
    for one in maps:
        power = np.abs(np.fft.fft2(one)) ** 2 / one.size
        log_like = []
        for log_p in log_powers:
            terms = power * np.exp(-log_p) + log_p
            terms[0, 0] = 0
            log_like.append(-terms.sum() / 2)
        row = np.exp(np.array(log_like) - max(log_like))
        rows.append(row / np.trapezoid(row, slopes))
    return rows
