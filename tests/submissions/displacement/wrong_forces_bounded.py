# fails: displacement-forces-test
# No contrast is above 100.
# %% solution="displacement-forces"
def forces(x, shape):
    mesh = np.asarray(cloud_in_cell(x, shape))
    contrast = np.minimum(mesh / mesh.mean() - 1, 100)
    field = 1.5 * np.asarray(zeldovich(contrast))
    return at_particles(field, x)
