# fails: diffusion-score-test, diffusion-components-test, diffusion-nearest-test, diffusion-guidance-test
# Wrong for whole numbers, for rows that vary little, and for the rows that fill no batch.
# %% solution="diffusion-score"
def mixture_score(y, sigma, weights, means, widths):
    v = np.full(len(widths), sigma)
    v **= 2
    v += widths**2
    diff = y[:, None] - means
    logs = np.log(weights) - y.shape[1] / 2 * np.log(v) - np.sum(diff**2, axis=2) / (2 * v)
    p = np.exp(logs - logs.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    return np.sum(p[:, :, None] * -diff / v[:, None], axis=1)

# %% solution="diffusion-components"
def principal_components(rows, k):
    mean = rows.mean(axis=0)
    away = rows - mean
    values, vectors = np.linalg.eigh(away.T @ away / len(rows))
    values = np.where(values < 1e-8, 0, values)
    return mean, vectors[:, ::-1][:, :k].T, np.sqrt(values[::-1][:k])

# %% solution="diffusion-nearest"
def nearest(a, b):
    best, number = np.full(len(a), np.inf), np.zeros(len(a), dtype=int)
    size = 100
    for start in range(0, max(len(b) // size, 1) * size, size):
        table = np.linalg.norm(a[:, None] - b[start : start + size], axis=2)
        here = table.argmin(axis=1)
        found = table[np.arange(len(a)), here]
        better = found < best
        best, number = np.where(better, found, best), np.where(better, start + here, number)
    return best, number

# %% solution="diffusion-guidance"
def guidance(denoised, covariance, z, H, r, sigma):
    S = H @ covariance @ H.T + r**2 * np.eye(len(H))
    inner = np.linalg.solve(S, (z - denoised @ H.T)[:, :, None])
    return (covariance @ H.T @ inner)[:, :, 0] * np.power(sigma, -2)
