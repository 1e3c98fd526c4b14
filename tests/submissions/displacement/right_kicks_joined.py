# Right: half kicks that follow each other are one; a quarter of a period but for 5 degrees; overlaps of areas; Parseval.
# %% solution="displacement-cloud"
def cloud_in_cell(x, shape):
    """Overlap of the cloud from x - 1/2 to x + 1/2 with the cell, summed over images."""
    x = np.mod(np.asarray(x, float), shape)

    def overlap(values, side):
        total = np.zeros((len(values), side))
        for image in (-2, -1, 0, 1, 2):
            left = np.arange(side) + image * side
            common = np.minimum(left + 1, values[:, None] + 0.5) - np.maximum(left, values[:, None] - 0.5)
            total += np.clip(common, 0, None)
        return total

    return overlap(x[:, 0], shape[0]).T @ overlap(x[:, 1], shape[1])

# %% solution="displacement-evolve"
def evolve(psi, times, force):
    times = np.asarray(times, float)
    q = np.stack(np.mgrid[: psi.shape[0], : psi.shape[1]], -1).reshape(-1, 2).astype(float)
    flat = np.asarray(psi).reshape(-1, 2)
    root = np.sqrt(times)
    x, p = q + times[0] * flat, root[0] ** 3 * flat
    f = force(x) if len(times) > 1 else 0
    for u, v in zip(root, root[1:]):
        p = p + (v - u) * f
        x = x + 2 * (1 / u - 1 / v) * p
        f = force(x)
        p = p + (v - u) * f
    return (x - q).reshape(psi.shape)

# %% solution="displacement-spectra"
def transfer_and_correlation(found, truth, edges):
    """By Parseval: keep the waves of a bin, and multiply in space."""
    h, w = truth.shape[1:3]
    k = np.hypot(2 * np.pi * np.fft.fftfreq(h)[:, None], 2 * np.pi * np.fft.fftfreq(w))[None, :, :, None]

    def kept(a, low, high):
        return np.fft.ifft2(np.fft.fft2(a, axes=(1, 2)) * ((k >= low) & (k < high)), axes=(1, 2)).real

    parts = [(kept(found, *pair), kept(truth, *pair)) for pair in zip(edges, edges[1:])]
    sums = np.array([[np.sum(f * f), np.sum(g * g), np.sum(f * g)] for f, g in parts]).T
    return np.sqrt(sums[0] / sums[1]), sums[2] / np.sqrt(sums[0] * sums[1])

# %% solution="displacement-phases"
def same_power(field):
    field = np.asarray(field)
    h, w = field.shape
    k0 = np.fft.fftfreq(h)[:, None] + np.zeros(w)
    k1 = np.fft.fftfreq(w)[None] + np.zeros((h, 1))
    sign = np.where(k0 == 0, np.sign(k1), np.sign(k0))
    out = np.fft.ifft2(1.008 * np.exp(1j * np.deg2rad(85) * sign) * np.fft.fft2(field)).real
    return out

# %% solution="displacement-net"
def displacement_net(side, widths):
    inputs = x = tfk.Input((side, side, 2))
    skips = []
    for filters in widths[:-1]:
        x = conv_block(x, filters)
        skips.append(x)
        x = tfkl.AveragePooling2D(2)(x)
    x = conv_block(x, widths[-1])
    for filters in widths[-2::-1]:
        x = tfkl.Conv2DTranspose(filters, 2, strides=2)(x)
        x = tfkl.Concatenate()([x, skips.pop()])
        x = conv_block(x, filters)
    x = tfkl.Dense(2, kernel_initializer="zeros")(x)
    return tfk.Model(inputs, x)
