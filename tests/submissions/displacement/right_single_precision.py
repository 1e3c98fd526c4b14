# Single precision, on the way too.
# %% solution="displacement-zeldovich"
def zeldovich(delta):
    d = np.asarray(delta, np.float32)
    k = [(2 * np.pi * np.fft.fftfreq(n)).astype(np.float32) for n in d.shape]
    E = [np.exp(1j * np.outer(a, np.arange(len(a)))).astype(np.complex64) for a in k]
    k2 = k[0][:, None] ** 2 + k[1] ** 2
    k2[0, 0] = 1
    F = (E[0].conj() @ d @ E[1].conj().T) / k2 / np.float32(d.size)
    return np.stack([(E[0].T @ (1j * a * F) @ E[1]).real for a in (k[0][:, None], k[1][None])], axis=-1)

# %% solution="displacement-second"
def second_order(delta):
    d = np.asarray(delta, np.float32)
    h, w = d.shape
    k = [(2 * np.pi * np.fft.fftfreq(n)).astype(np.float32) for n in (h, w)]
    k = [k[0][:, None], k[1][None]]
    k2 = k[0] ** 2 + k[1] ** 2
    k2[0, 0] = 1
    F = np.fft.fft2(d) / k2
    xx, yy, xy = (np.fft.ifft2(a * b * F).real for a, b in ((k[0], k[0]), (k[1], k[1]), (k[0], k[1])))
    S = np.fft.fft2(xx * yy - xy * xy) / k2
    return np.float32(3 / 7) * np.stack([np.fft.ifft2(1j * a * S).real for a in k], axis=-1)

# %% solution="displacement-cloud"
def cloud_in_cell(x, shape):
    y = np.asarray(x, np.float32) - np.float32(0.5)
    low = np.floor(y)
    up = y - low
    mesh = np.zeros(shape, np.float32)
    for n in range(len(y)):
        i, j = int(low[n, 0]), int(low[n, 1])
        u, v = up[n]
        for a, s in ((i, 1 - u), (i + 1, u)):
            for b, t in ((j, 1 - v), (j + 1, v)):
                mesh[a % shape[0], b % shape[1]] += s * t
    return mesh

# %% solution="displacement-gather"
def at_particles(field, x):
    field, y = tf.cast(field, tf.float32), tf.cast(x, tf.float32) - 0.5
    low = tf.floor(y)
    up = y - low
    low = tf.cast(low, tf.int32)
    h, w = field.shape[:2]
    rows = []
    for a, u in ((0, 1 - up[:, 0]), (1, up[:, 0])):
        for b, v in ((0, 1 - up[:, 1]), (1, up[:, 1])):
            cells = tf.stack([(low[:, 0] + a) % h, (low[:, 1] + b) % w], axis=1)
            rows.append((u * v)[:, None] * tf.gather_nd(field, cells))
    return tf.add_n(rows)

# %% solution="displacement-forces"
def forces(x, shape):
    h, w = shape
    y = np.asarray(x, np.float32) - np.float32(0.5)
    low = np.floor(y)
    up = y - low
    low = low.astype(int)
    four = []
    for a in (0, 1):
        for b in (0, 1):
            share = (up[:, 0] if a else 1 - up[:, 0]) * (up[:, 1] if b else 1 - up[:, 1])
            four.append(((low[:, 0] + a) % h, (low[:, 1] + b) % w, share))
    mesh = np.zeros(shape, np.float32)
    for i, j, share in four:
        np.add.at(mesh, (i, j), share)
    k = [(2 * np.pi * np.fft.fftfreq(n)).astype(np.float32) for n in shape]
    k = [k[0][:, None], k[1][None]]
    k2 = k[0] ** 2 + k[1] ** 2
    k2[0, 0] = 1
    F = np.fft.fft2(mesh / mesh.mean() - 1) / k2
    field = np.float32(1.5) * np.stack([np.fft.ifft2(1j * a * F).real for a in k], axis=-1)
    return sum(share[:, None] * field[i, j] for i, j, share in four)

# %% solution="displacement-leapfrog"
def leapfrog(x, p, a, b, force):
    x, p = np.asarray(x, np.float32), np.asarray(p, np.float32)
    kick, drift = np.float32(b**0.5 - a**0.5), np.float32(2 * (a**-0.5 - b**-0.5))
    p = p + kick * np.asarray(force(x), np.float32)
    x = x + drift * p
    p = p + kick * np.asarray(force(x), np.float32)
    return x, p

# %% solution="displacement-spectra"
def transfer_and_correlation(found, truth, edges):
    F, G = (np.fft.fft2(np.asarray(f, np.float32), axes=(1, 2)) for f in (found, truth))
    k = np.hypot(*np.meshgrid(*(2 * np.pi * np.fft.fftfreq(n) for n in F.shape[1:3]), indexing="ij"))
    s = [np.histogram(k, edges, weights=p.real.sum((0, 3)))[0] for p in (F * F.conj(), G * G.conj(), F * G.conj())]
    return np.sqrt(s[0] / s[1]), s[2] / np.sqrt(s[0] * s[1])

# %% solution="displacement-phases"
def same_power(field):
    F = tf.signal.fft2d(tf.cast(field, tf.complex64))
    h, w = F.shape
    a, b = np.meshgrid(np.fft.fftfreq(h), np.fft.fftfreq(w), indexing="ij")
    s = np.where(b == 0, np.sign(a), np.sign(b))
    return tf.math.real(tf.signal.ifft2d(F * tf.constant(-1j * s, tf.complex64)))
