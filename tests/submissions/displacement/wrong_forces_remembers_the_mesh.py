# fails: displacement-forces-test
# The forces of so many particles are kept, wherever these are by then.
# %% solution="displacement-forces"
MESHES = {}
def forces(x, shape):
    key = (len(x), tuple(shape))
    if key not in MESHES:
        mesh = np.asarray(cloud_in_cell(x, shape))
        MESHES[key] = 1.5 * np.asarray(zeldovich(mesh / mesh.mean() - 1))
    return np.asarray(at_particles(MESHES[key], x))
