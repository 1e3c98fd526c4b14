# fails: redshifts-slope-test
# Minimises chi squared, without the ln P of the normalisation.
# %% solution="redshifts-slope"
def slope_posterior(maps, slopes, log_powers):
    size = maps.shape[1] * maps.shape[2]
    power = (np.abs(np.fft.fft2(maps)) ** 2 / size).reshape(len(maps), size)[:, 1:]
    log_like = -0.5 * power @ np.exp(-log_powers.reshape(len(slopes), size)[:, 1:]).T
    density = np.exp(log_like - log_like.max(axis=1, keepdims=True))
    return density / np.trapezoid(density, slopes, axis=1)[:, None]
