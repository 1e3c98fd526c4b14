# fails: diffusion-nearest-test
# Expands the square, and loses small distances between large numbers.
# %% solution="diffusion-nearest"
def nearest(a, b):
    squares = np.sum(a**2, axis=1)[:, None] + np.sum(b**2, axis=1) - 2 * a @ b.T
    return np.sqrt(np.maximum(squares.min(axis=1), 0)), squares.argmin(axis=1)
