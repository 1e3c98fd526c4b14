# fails: displacement-gather-test
# The value of the cell in which the particle is.
# %% solution="displacement-gather"
def at_particles(field, x):
    i, j = np.floor(x).astype(int).T
    return field[i % field.shape[0], j % field.shape[1]]

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
