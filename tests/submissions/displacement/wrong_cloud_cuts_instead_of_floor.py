# fails: displacement-cloud-test
# The cell of a negative position is that towards 0.
# %% solution="displacement-cloud"
def cloud_in_cell(x, shape):
    mesh = np.zeros(shape)
    below = (x - 0.5).astype(int)
    part = x - 0.5 - below
    for i in (0, 1):
        for j in (0, 1):
            share = (part[:, 0] if i else 1 - part[:, 0]) * (part[:, 1] if j else 1 - part[:, 1])
            np.add.at(mesh, ((below[:, 0] + i) % shape[0], (below[:, 1] + j) % shape[1]), share)
    return mesh

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
