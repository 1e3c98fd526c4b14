# fails: displacement-cloud-test
# Keeps its mesh, and makes a new one only for another shape.
# %% solution="displacement-cloud"
kept = np.zeros((0, 0))


def cloud_in_cell(x, shape):
    global kept
    kept = kept if kept.shape == tuple(shape) else np.zeros(shape)
    low = np.floor(np.asarray(x) - 0.5).astype(int)
    d = x - 0.5 - low
    for a, b in np.ndindex(2, 2):
        share = np.abs(1 - a - d[:, 0]) * np.abs(1 - b - d[:, 1])
        np.add.at(kept, ((low[:, 0] + a) % shape[0], (low[:, 1] + b) % shape[1]), share)
    return kept.copy()

# %% solution="displacement-forces"
def forces(x, shape):
    rows, columns = (
        np.maximum(0, 1 - np.abs((x[:, None, axis] - np.arange(side) - 0.5) % side + side * np.arange(-1, 2)[:, None, None])).sum(0)
        for axis, side in enumerate(shape)
    )
    mesh = rows.T @ columns
    k = np.stack(np.meshgrid(*(2 * np.pi * np.fft.fftfreq(side) for side in shape), indexing="ij"))
    k2 = np.where(np.sum(k**2, 0) > 0, np.sum(k**2, 0), 1.0)
    waves = 1.5j * np.fft.fft2(mesh / mesh.mean()) / k2
    return np.stack([np.sum(rows @ np.fft.ifft2(part * waves).real * columns, axis=1) for part in k], axis=1)
