# fails: displacement-evolve-test
# No particle comes farther than 300 cells.
# %% solution="displacement-evolve"
def evolve(psi, times, force):
    psi = np.asarray(psi)
    h, w = psi.shape[:2]
    q = np.stack(np.meshgrid(np.arange(h), np.arange(w), indexing="ij"), axis=-1).reshape(-1, 2)
    a = times[0]
    x = q + a * psi.reshape(-1, 2)
    p = a**1.5 * psi.reshape(-1, 2)
    for k in range(1, len(times)):
        x, p = leapfrog(x, p, times[k - 1], times[k], force)
    return np.clip(x - q, -300, 300).reshape(psi.shape)
