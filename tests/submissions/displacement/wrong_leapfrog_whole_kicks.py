# fails: displacement-leapfrog-test
# Kicks twice as much.
# %% solution="displacement-leapfrog"
def leapfrog(x, p, a, b, force):
    kick, drift = 2 * (np.sqrt(b) - np.sqrt(a)), 2 * (1 / np.sqrt(a) - 1 / np.sqrt(b))
    p = p + kick * force(x)
    x = x + drift * p
    return x, p + kick * force(x)

# %% solution="displacement-evolve"
def evolve(psi, times, force):
    q = np.indices(psi.shape[:2]).reshape(2, -1).T
    moved, p = times[0] * psi.reshape(-1, 2), times[0] ** 1.5 * psi.reshape(-1, 2)
    for a, b in zip(times[:-1], times[1:]):
        p = p + (b**0.5 - a**0.5) * force(q + moved)
        moved = moved + 2 * (a**-0.5 - b**-0.5) * p
        p = p + (b**0.5 - a**0.5) * force(q + moved)
    return moved.reshape(psi.shape)
