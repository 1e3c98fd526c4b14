# fails: diffusion-nearest-test
# The last of several that are equally near.
# %% solution="diffusion-nearest"
def nearest(a, b):
    squares = np.array([np.sum((b - row) ** 2, axis=1) for row in a])
    return np.sqrt(squares.min(axis=1)), len(b) - 1 - squares[:, ::-1].argmin(axis=1)
