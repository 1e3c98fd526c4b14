# fails: displacement-gather-test
# Gives whole numbers for a field of whole numbers.
# %% solution="displacement-gather"
def at_particles(field, x):
    h, w, c = field.shape
    low = np.floor(x - 0.5).astype(int)
    d = x - 0.5 - low
    out = np.zeros((len(x), c), dtype=field.dtype)
    for n in range(len(x)):
        for a, b in np.ndindex(2, 2):
            share = abs(1 - a - d[n, 0]) * abs(1 - b - d[n, 1])
            out[n] = out[n] + share * field[(low[n, 0] + a) % h, (low[n, 1] + b) % w]
    return out
