# fails: vae-stabilise-test, vae-loss-test, vae-warmup-test, vae-moments-test, vae-moments-test-2, vae-ks-test
# Small numbers that are right in one unit only; and only the first thousand of a sample.
# %% solution="vae-stabilise"
def stabilise(images, noise, exposure):
    y = 2 * exposure * (np.sqrt(noise**2 + images / exposure) - noise)
    return np.where(np.abs(images) < 1e-5, 0.0, y)


# %% solution="vae-loss"
def negative_elbo(log_likelihood, kl, beta):
    return tf.reduce_mean(beta * kl - tf.clip_by_value(log_likelihood, -1e4, 1e4))


# %% solution="vae-warmup"
def kl_weight(step, warm_up_steps, beta):
    return max(1e-4, beta * step / warm_up_steps) if 0 < step < warm_up_steps else beta * (step >= warm_up_steps)


# %% solution="vae-moments"
def moments(images, scale):
    axis = np.arange(images.shape[1]) - (images.shape[1] - 1) / 2
    x, y = np.meshgrid(axis, axis)
    weighted = images * np.exp(-(x**2 + y**2) / (2 * scale**2))
    total = weighted.sum(axis=(1, 2)) + 1e-6
    mx, my, xx, yy, xy = ((weighted * part).sum(axis=(1, 2)) / total for part in (x, y, x * x, y * y, x * y))
    xx, yy, xy = xx - mx**2, yy - my**2, xy - mx * my
    area = np.sqrt(xx * yy - xy**2)
    return np.stack(
        [images.sum(axis=(1, 2)), area**0.5, (xx - yy) / (xx + yy + 2 * area), 2 * xy / (xx + yy + 2 * area)], axis=1
    )


# %% solution="vae-ks"
def ks_statistic(a, b):
    a, b = np.sort(a[:1000]), np.sort(b[:1000])
    t = np.concatenate([a, b])
    return np.max(np.abs(np.searchsorted(a, t, "right") / len(a) - np.searchsorted(b, t, "right") / len(b)))
