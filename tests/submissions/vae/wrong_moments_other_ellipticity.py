# fails: vae-moments-test-2
# chi, without 2 sqrt|Q| in the denominator: nearly twice the ellipticity. The second test is lost (2).
# %% solution="vae-moments"
def moments(images, scale):
    axis = np.arange(images.shape[1]) - (images.shape[1] - 1) / 2
    x, y = np.meshgrid(axis, axis)
    w = images * np.exp(-(x**2 + y**2) / (2 * scale**2))
    total = w.sum(axis=(1, 2))
    mx, my, xx, yy, xy = ((w * p).sum(axis=(1, 2)) / total for p in (x, y, x * x, y * y, x * y))
    xx, yy, xy = xx - mx**2, yy - my**2, xy - mx * my
    size = (xx * yy - xy**2) ** 0.25
    return np.stack([images.sum(axis=(1, 2)), size, (xx - yy) / (xx + yy), 2 * xy / (xx + yy)], axis=1)
