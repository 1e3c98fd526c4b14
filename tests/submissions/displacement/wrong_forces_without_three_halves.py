# fails: displacement-forces-test
# Forgets 3/2.
# %% solution="displacement-forces"
def forces(x, shape):
    mesh = cloud_in_cell(x, shape)
    return at_particles(zeldovich(mesh / mesh.mean() - 1), x)
