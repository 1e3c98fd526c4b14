# Right: loops over waves, particles and cells; lists.
# %% solution="displacement-zeldovich"
def zeldovich(delta):
    h, w = len(delta), len(delta[0])
    waves = np.fft.fft2(np.asarray(delta, dtype=float))
    both = np.zeros((2, h, w), dtype=complex)
    for m in range(h):
        for n in range(w):
            k = [2 * np.pi * (m if 2 * m < h else m - h) / h, 2 * np.pi * (n if 2 * n < w else n - w) / w]
            if m or n:
                for axis in range(2):
                    both[axis, m, n] = 1j * k[axis] * waves[m, n] / (k[0] ** 2 + k[1] ** 2)
    fields = [np.fft.ifft2(part).real for part in both]
    return [[[fields[0][i, j], fields[1][i, j]] for j in range(w)] for i in range(h)]

# %% solution="displacement-tides"
def tides(delta):
    k0, k1 = (list(2 * np.pi * np.fft.fftfreq(side)) for side in np.shape(delta))
    spectrum = np.fft.fft2(delta)
    parts = [np.zeros(spectrum.shape, dtype=complex) for _ in range(3)]
    for m, a in enumerate(k0):
        for n, b in enumerate(k1):
            if a or b:
                for part, product in zip(parts, (a * a, a * b, b * b)):
                    part[m, n] = product * spectrum[m, n] / (a * a + b * b)
    xx, xy, yy = (np.fft.ifft2(part).real for part in parts)
    return [[[[xx[i, j], xy[i, j]], [xy[i, j], yy[i, j]]] for j in range(len(k1))] for i in range(len(k0))]

# %% solution="displacement-cloud"
def cloud_in_cell(x, shape):
    h, w = shape
    mesh = [[0.0] * w for _ in range(h)]
    for a, b in np.asarray(x, dtype=float):
        i, j = int(np.floor(a - 0.5)), int(np.floor(b - 0.5))
        for row in (i, i + 1):
            for column in (j, j + 1):
                mesh[row % h][column % w] += (1 - abs(a - row - 0.5)) * (1 - abs(b - column - 0.5))
    return mesh

# %% solution="displacement-gather"
def at_particles(field, x):
    h, w, c = np.shape(field)
    found = []
    for a, b in np.asarray(x, dtype=float):
        i, j = int(np.floor(a - 0.5)), int(np.floor(b - 0.5))
        value = [0.0] * c
        for row in (i, i + 1):
            for column in (j, j + 1):
                share = (1 - abs(a - row - 0.5)) * (1 - abs(b - column - 0.5))
                value = [v + share * f for v, f in zip(value, field[row % h][column % w])]
        found.append(value)
    return found

# %% solution="displacement-leapfrog"
def leapfrog(x, p, a, b, force):
    x, p = [list(row) for row in np.asarray(x)], [list(row) for row in np.asarray(p)]

    def kicked(p, f):
        return [[v + (b**0.5 - a**0.5) * g for v, g in zip(*rows)] for rows in zip(p, f)]

    p = kicked(p, np.asarray(force(np.array(x))))
    x = [[u + 2 * (a**-0.5 - b**-0.5) * v for u, v in zip(*rows)] for rows in zip(x, p)]
    return [x, kicked(p, np.asarray(force(np.array(x))))]

# %% solution="displacement-spectra"
def transfer_and_correlation(found, truth, edges):
    n, h, w, c = np.shape(truth)
    ff, gg, fg = ([0.0] * (len(edges) - 1) for _ in range(3))
    f, g = np.fft.fft2(found, axes=(1, 2)), np.fft.fft2(truth, axes=(1, 2))
    for i, a in enumerate(2 * np.pi * np.fft.fftfreq(h)):
        for j, b in enumerate(2 * np.pi * np.fft.fftfreq(w)):
            for bin in range(len(ff)):
                if edges[bin] <= np.hypot(a, b) < edges[bin + 1]:
                    ff[bin] += np.sum(np.abs(f[:, i, j]) ** 2)
                    gg[bin] += np.sum(np.abs(g[:, i, j]) ** 2)
                    fg[bin] += np.sum((f[:, i, j] * np.conj(g[:, i, j])).real)
    return [(a / b) ** 0.5 for a, b in zip(ff, gg)], [c / (a**0.5 * b**0.5) for a, b, c in zip(ff, gg, fg)]

# %% solution="displacement-augment"
def augment(fields, shift, flip, swap):
    n, h, w, _ = np.shape(fields)
    boxes = []
    for box in np.asarray(fields):
        rows = [[box[(i - shift[0]) % h][(j - shift[1]) % w] for j in range(w)] for i in range(h)]
        if flip[0]:
            rows = [[[-a, b] for a, b in row] for row in rows[::-1]]
        if flip[1]:
            rows = [[[a, -b] for a, b in row[::-1]] for row in rows]
        if swap:
            rows = [[[rows[i][j][1], rows[i][j][0]] for i in range(h)] for j in range(w)]
        boxes.append(rows)
    return boxes
