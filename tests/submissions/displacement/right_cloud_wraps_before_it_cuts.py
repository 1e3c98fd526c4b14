# Wraps positions and then cuts them: right but for one number, just below a centre, that no test draws.
# %% solution="displacement-cloud"
def cloud_in_cell(x, shape):
    mesh = np.zeros(shape)
    place = (x - 0.5) % np.array(shape)
    below = place.astype(int)
    part = place - below
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        share = np.prod(np.where([i, j], part, 1 - part), axis=1)
        rows = below[:, 0] if i == 0 else (below[:, 0] + 1) % shape[0]
        columns = below[:, 1] if j == 0 else (below[:, 1] + 1) % shape[1]
        np.add.at(mesh, (rows, columns), share)
    return mesh


# %% solution="displacement-gather"
def at_particles(field, x):
    h, w, _ = field.shape
    place = (x - 0.5) % np.array([h, w])
    below = place.astype(int)
    part = place - below
    values = 0.0
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        share = np.prod(np.where([i, j], part, 1 - part), axis=1)
        rows = below[:, 0] if i == 0 else (below[:, 0] + 1) % h
        columns = below[:, 1] if j == 0 else (below[:, 1] + 1) % w
        values = values + share[:, None] * field[rows, columns]
    return values


