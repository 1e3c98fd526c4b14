# fails: redshifts-slope-test
# Forgets N squared in the power.
# %% solution="redshifts-slope"
def slope_posterior(maps, slopes, log_powers):
    size = maps.shape[1] * maps.shape[2]
    power = (np.abs(np.fft.fft2(maps)) ** 2).reshape(len(maps), size)[:, 1:]
    log_p = log_powers.reshape(len(slopes), size)[:, 1:]
    log_like = -0.5 * (power @ np.exp(-log_p).T + log_p.sum(axis=1))
    density = np.exp(log_like - log_like.max(axis=1, keepdims=True))
    return density / np.trapezoid(density, slopes, axis=1)[:, None]
