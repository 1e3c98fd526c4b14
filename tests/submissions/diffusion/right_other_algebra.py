# Right: squares written out, a factor taken away from 1, one point after the other, the covariance given z as well.
# %% solution="diffusion-score"
def mixture_score(y, sigma, weights, means, widths):
    # sum of p m / v less y times the sum of p / v
    v = np.square(widths) + sigma**2
    sq = (y * y).sum(1)[:, None] - 2 * y @ means.T + (means * means).sum(1)
    logs = np.log(weights / v ** (y.shape[1] / 2)) - sq / (2 * v)
    logs -= logs.max(1)[:, None]
    p = np.exp(logs)
    p /= p.sum(1)[:, None]
    return (p / v) @ means - y * (p @ (1 / v))[:, None]

# %% solution="diffusion-heun"
def heun_sampler(score, y, sigmas):
    # each point by itself
    finished = []
    for i in range(y.shape[0]):
        point = y[i : i + 1].copy()
        for now, then in zip(sigmas, sigmas[1:]):
            slope = lambda where, level: -level * score(where, level)
            begin = slope(point, now)
            end = begin if then == 0 else slope(point + (then - now) * begin, then)
            point += (then - now) * 0.5 * (begin + end)
        finished.append(point)
    return np.concatenate(finished)

# %% solution="diffusion-density"
def ode_log_density(score, divergence, x, sigmas):
    answers = []
    for row in x:
        both = np.append(row, 0.0)

        def slope(both, s):
            if s == 0:
                return np.zeros_like(both)
            y = both[None, :-1]
            return np.append(-s * score(y, s)[0], s * divergence(y, s)[0])

        for s, t in zip(sigmas[:-1], sigmas[1:]):
            first = slope(both, s)
            both = both + (t - s) / 2 * (first + slope(both + (t - s) * first, t))
        end, d = sigmas[-1], len(row)
        answers.append(-d * np.log(end) - d / 2 * np.log(2 * np.pi) - both[:-1] @ both[:-1] / (2 * end * end) - both[-1])
    return answers

# %% solution="diffusion-preconditioning"
def preconditioning(sigma, data_sd):
    variance = sigma * sigma + data_sd * data_sd
    skip = 1 - sigma * sigma / variance
    out = ((1 - skip) ** 2 * data_sd**2 + skip**2 * sigma**2) ** 0.5
    return skip, out, 1 / variance**0.5

# %% solution="diffusion-guidance"
def guidance(denoised, covariance, z, H, r, sigma):
    # the covariance given z as well, by Woodbury's identity
    precision = np.linalg.inv(covariance) + H.T @ H / r**2
    pull = (z - denoised @ H.T) @ H / r**2
    return np.linalg.solve(precision, pull[..., None])[..., 0] / sigma**2
