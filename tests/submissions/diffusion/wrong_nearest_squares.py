# fails: diffusion-nearest-test
# Squared distances.
# %% solution="diffusion-nearest"
def nearest(a, b):
    squares = np.array([np.sum((b - row) ** 2, axis=1) for row in a])
    return squares.min(axis=1), squares.argmin(axis=1)
