# fails: vae-moments-test, vae-moments-test-2
# Moments about the centre of the stamp, not of the galaxy. Both tests are lost (4).
# %% solution="vae-moments"
def moments(images, scale):
    axis = np.arange(images.shape[1]) - (images.shape[1] - 1) / 2
    x, y = np.meshgrid(axis, axis)
    w = images * np.exp(-(x**2 + y**2) / (2 * scale**2))
    total = w.sum(axis=(1, 2))
    xx, yy, xy = ((w * p).sum(axis=(1, 2)) / total for p in (x * x, y * y, x * y))
    root = np.sqrt(xx * yy - xy**2)
    norm = xx + yy + 2 * root
    return np.stack([images.sum(axis=(1, 2)), np.sqrt(root), (xx - yy) / norm, 2 * xy / norm], axis=1)
