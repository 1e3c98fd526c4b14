# Right: transforms of real fields, where the waves of two cells need care; histograms.
# %% solution="displacement-zeldovich"
def zeldovich(delta):
    h, w = delta.shape
    rows, columns = 2 * np.pi * np.fft.fftfreq(h)[:, None], 2 * np.pi * np.fft.rfftfreq(w)[None, :]
    squares = rows**2 + columns**2
    squares[0, 0] = np.inf
    waves = 1j * np.fft.rfft2(delta) / squares
    first, other = rows * waves, columns * waves
    if h % 2 == 0:
        first[h // 2] = 0
    if w % 2 == 0:
        other[:, -1] = 0
    return np.dstack([np.fft.irfft2(first, s=(h, w)), np.fft.irfft2(other, s=(h, w))])

# %% solution="displacement-tides"
def tides(delta):
    h, w = delta.shape
    k = [2 * np.pi * np.fft.fftfreq(h)[:, None], 2 * np.pi * np.fft.rfftfreq(w)[None, :]]
    squares = k[0] ** 2 + k[1] ** 2
    squares[0, 0] = np.inf
    waves = np.fft.rfft2(delta) / squares
    parts = {(i, j): np.fft.irfft2(k[i] * k[j] * waves, s=(h, w)) for i in (0, 1) for j in range(i + 1)}
    return np.stack([np.stack([parts[max(i, j), min(i, j)] for j in (0, 1)], -1) for i in (0, 1)], -2)

# %% solution="displacement-cloud"
def cloud_in_cell(x, shape):
    h, w = shape
    mesh = np.zeros(h * w)
    low = np.floor(x - 0.5).astype(int)
    for row in (low[:, 0], low[:, 0] + 1):
        for column in (low[:, 1], low[:, 1] + 1):
            share = (1 - np.abs(x[:, 0] - 0.5 - row)) * (1 - np.abs(x[:, 1] - 0.5 - column))
            mesh += np.bincount(row % h * w + column % w, weights=share, minlength=h * w)
    return mesh.reshape(h, w)

# %% solution="displacement-phases"
def same_power(field):
    h, w = field.shape
    waves = 1j * np.fft.rfft2(field)
    waves[h // 2 + 1 :, 0] *= -1
    return np.fft.irfft2(waves, s=(h, w))
