# fails: displacement-forces-test
# Takes the force of the nearest cell: particles pull themselves.
# %% solution="displacement-forces"
def forces(x, shape):
    mesh = cloud_in_cell(x, shape)
    field = 1.5 * zeldovich(mesh / mesh.mean() - 1)
    i, j = np.floor(x).astype(int).T
    return field[i % shape[0], j % shape[1]]
