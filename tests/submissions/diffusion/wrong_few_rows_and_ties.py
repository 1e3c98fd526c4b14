# fails: diffusion-components-test, diffusion-nearest-test
# Components of few rows from the small matrix of n by n: no direction where nothing varies. Parts of b, of which a later
# one wins a tie.
# %% solution="diffusion-components"
def principal_components(rows, k):
    mean = rows.mean(axis=0)
    away = rows - mean
    n, p = rows.shape
    if n < p:
        variances, vectors = np.linalg.eigh(away @ away.T / n)
        order = np.argsort(variances)[::-1][:k]
        spreads = np.sqrt(np.maximum(variances[order], 0))
        components = away.T @ vectors[:, order] / np.maximum(np.sqrt(n) * spreads, 1e-12)
        return mean, components.T, spreads
    variances, vectors = np.linalg.eigh(away.T @ away / n)
    order = np.argsort(variances)[::-1][:k]
    return mean, vectors[:, order].T, np.sqrt(np.maximum(variances[order], 0))


# %% solution="diffusion-nearest"
def nearest(a, b):
    best, place = np.full(len(a), np.inf), np.zeros(len(a), dtype=int)
    for start in range(0, len(b), 500):
        part = b[start : start + 500]
        squares = np.array([np.sum((part - row) ** 2, axis=1) for row in a])
        number, least = squares.argmin(axis=1), squares.min(axis=1)
        better = least <= best
        best, place = np.where(better, least, best), np.where(better, start + number, place)
    return np.sqrt(best), place
