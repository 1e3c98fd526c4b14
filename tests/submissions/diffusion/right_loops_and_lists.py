# Right: loops over blobs, rows and steps, and lists for arrays.
# %% solution="diffusion-score"
def mixture_score(y, sigma, weights, means, widths):
    logs, pulls = [], []
    for weight, mean, width in zip(weights, means, widths):
        v = width * width + sigma * sigma
        square = 0
        for column in range(y.shape[1]):
            square = square + (y[:, column] - mean[column]) ** 2
        logs.append(np.log(weight) - square / (2 * v) - y.shape[1] * np.log(v) / 2)
        pulls.append((mean - y) / v)
    top = np.max(logs, axis=0)
    total, score = 0, 0
    for log, pull in zip(logs, pulls):
        share = np.exp(log - top)
        total = total + share
        score = score + share[:, None] * pull
    return (score / total[:, None]).tolist()

# %% solution="diffusion-denoise"
def denoise(y, score, sigma):
    sigma = np.ones((len(y), 1)) * sigma
    return [[a + s[0] ** 2 * b for a, b in zip(row, slope)] for row, slope, s in zip(y, np.array(score), sigma)]

# %% solution="diffusion-matching"
def matching_loss(score, noise, sigma):
    total = 0.0
    for column in range(score.shape[1]):
        total += np.sum((sigma[:, 0] * score[:, column] + noise[:, column]) ** 2)
    return float(total / len(score))

# %% solution="diffusion-kernel"
def vp_kernel(t, low, high):
    flat = np.atleast_1d(np.asarray(t, dtype=float)).ravel()
    integrals = [low * one + (high - low) * one * one / 2 for one in flat]
    import math

    alpha = np.reshape([math.exp(-one / 2) for one in integrals], np.shape(t))
    return alpha, np.reshape([math.sqrt(-math.expm1(-one)) for one in integrals], np.shape(t))

# %% solution="diffusion-reverse"
def reverse_step(x, score, beta, step, noise):
    new = []
    for i in range(len(x)):
        if noise is None:
            new.append(x[i] + step * (0.5 * beta * x[i] + 0.5 * beta * score[i]))
        else:
            new.append(x[i] + step * (0.5 * beta * x[i] + beta * score[i]) + (beta * step) ** 0.5 * noise[i])
    return new

# %% solution="diffusion-heun"
def heun_sampler(score, y, sigmas):
    y = np.array(y)
    for k in range(len(sigmas) - 1):
        here, there = float(sigmas[k]), float(sigmas[k + 1])
        first = -here * np.array(score(y, here))
        if there == 0:
            y = y - here * first
            continue
        guess = y + (there - here) * first
        second = -there * np.array(score(guess, there))
        y = y + (there - here) * 0.5 * (first + second)
    return y.tolist()

# %% solution="diffusion-density"
def ode_log_density(score, divergence, x, sigmas):
    y, lost = np.array(x), np.zeros(len(x))
    for k in range(len(sigmas) - 1):
        here, there = float(sigmas[k]), float(sigmas[k + 1])
        first = -here * np.array(score(y, here))
        guess = y + (there - here) * first
        second = -there * np.array(score(guess, there))
        lost += (there - here) * 0.5 * (here * np.array(divergence(y, here)) + there * np.array(divergence(guess, there)))
        y = y + (there - here) * 0.5 * (first + second)
    end = float(sigmas[-1])
    return [-0.5 * sum((v / end) ** 2 + np.log(2 * np.pi) + 2 * np.log(end) for v in row) - l for row, l in zip(y, lost)]

# %% solution="diffusion-components"
def principal_components(rows, k):
    mean = np.mean(rows, axis=0)
    away = rows - mean
    values, vectors = np.linalg.eigh(np.cov(rows.T, bias=True).reshape(len(mean), len(mean)))
    components = [vectors[:, -1 - number] for number in range(k)]
    return [mean, components, [float(np.sqrt(np.mean((away @ one) ** 2))) for one in components]]

# %% solution="diffusion-nearest"
def nearest(a, b):
    distances, numbers = [], []
    for row in a:
        away = [float(d) for d in np.linalg.norm(b - row, axis=1)]
        distances.append(min(away))
        numbers.append(away.index(min(away)))
    return distances, numbers

# %% solution="diffusion-guidance"
def guidance(denoised, covariance, z, H, r, sigma):
    answer = []
    for mean, V in zip(denoised, covariance):
        S = H @ V @ H.T + r * r * np.eye(len(H))
        answer.append(V @ H.T @ np.linalg.inv(S) @ (z - H @ mean) / sigma / sigma)
    return answer
