# fails: displacement-tides-test
# The sign of the potential is that of gravity in a tide table.
# %% solution="displacement-tides"
def tides(delta):
    k = np.meshgrid(*(2 * np.pi * np.fft.fftfreq(side) for side in delta.shape), indexing="ij")
    k2 = k[0] ** 2 + k[1] ** 2
    k2[0, 0] = 1.0
    waves = np.fft.fft2(delta) / k2
    found = np.zeros((*delta.shape, 2, 2))
    for i in range(2):
        for j in range(2):
            found[..., i, j] = np.fft.ifft2(-k[i] * k[j] * waves).real
    return found

# %% solution="displacement-second"
def second_order(delta):
    k = np.stack(np.meshgrid(*(2 * np.pi * np.fft.fftfreq(side) for side in np.shape(delta)), indexing="ij"))
    k2 = np.where(np.sum(k**2, 0) > 0, np.sum(k**2, 0), 1.0)
    waves = np.fft.fft2(delta) / k2
    xx, yy, xy = (np.fft.ifft2(part * waves).real for part in (k[0] ** 2, k[1] ** 2, k[0] * k[1]))
    source = np.fft.fft2(xx * yy - xy**2) / k2
    return np.stack([np.fft.ifft2(3j / 7 * part * source).real for part in k], axis=-1)
