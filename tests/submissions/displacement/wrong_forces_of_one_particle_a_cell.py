# fails: displacement-forces-test
# Takes the number in a cell for its density: right only with as many particles as cells.
# %% solution="displacement-forces"
def forces(x, shape):
    return 1.5 * at_particles(zeldovich(cloud_in_cell(x, shape) - 1), x)
