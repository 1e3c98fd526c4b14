# Right: copies of the field, shifted with np.roll.
# %% solution="halos-smooth"
def smooth(field, radius):
    reach = int(radius)
    steps = [
        tuple(int(d) - reach for d in place)
        for place in np.ndindex(*(2 * reach + 1,) * field.ndim)
        if sum((d - reach) ** 2 for d in place) <= radius**2
    ]
    total = np.zeros(field.shape)
    for step in steps:
        total += np.roll(field, step, axis=tuple(range(field.ndim)))
    return total / len(steps)

# %% solution="halos-pad"
def periodic_pad(x, cells):
    for axis in range(1, x.shape.rank - 1):
        before = [slice(None)] * axis
        x = tf.concat([x[(*before, slice(-cells, None))], x, x[(*before, slice(None, cells))]], axis)
    return x

# %% solution="halos-spectrum"
def spectrum(residuals):
    n, h, w = residuals.shape
    power = np.zeros((h, w))
    for one in residuals:
        modes = np.fft.fft(np.fft.fft(one, axis=0), axis=1)
        power += modes.real**2 + modes.imag**2
    return power / (n * h * w)


def correlated(white, power):
    kernel = np.fft.ifft2(np.sqrt(power))
    return np.stack([np.real(np.fft.ifft2(np.fft.fft2(one) * np.fft.fft2(kernel))) for one in white])
