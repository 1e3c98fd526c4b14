# fails: vae-moments-test-2
# Takes the rows for x: e1 has the wrong sign. The second test is lost (2).
# %% solution="vae-moments"
def moments(images, scale):
    axis = np.arange(images.shape[1]) - (images.shape[1] - 1) / 2
    x, y = np.meshgrid(axis, axis, indexing="ij")
    w = images * np.exp(-(x**2 + y**2) / (2 * scale**2))
    total = w.sum(axis=(1, 2))
    mx, my, xx, yy, xy = ((w * p).sum(axis=(1, 2)) / total for p in (x, y, x * x, y * y, x * y))
    xx, yy, xy = xx - mx**2, yy - my**2, xy - mx * my
    root = np.sqrt(xx * yy - xy**2)
    norm = xx + yy + 2 * root
    return np.stack([images.sum(axis=(1, 2)), np.sqrt(root), (xx - yy) / norm, 2 * xy / norm], axis=1)
