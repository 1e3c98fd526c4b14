# fails: displacement-leapfrog-test
# No momentum is above 300.
# %% solution="displacement-leapfrog"
def leapfrog(x, p, a, b, force):
    drift = 2 * (a**-0.5 - b**-0.5)
    half = b**0.5 - a**0.5
    p = p + half * force(x)
    p = np.clip(p, -300, 300)
    x = x + drift * p
    p = p + half * force(x)
    return x, p

# %% solution="displacement-evolve"
def evolve(psi, times, force):
    q = np.indices(psi.shape[:2]).reshape(2, -1).T
    moved, p = times[0] * psi.reshape(-1, 2), times[0] ** 1.5 * psi.reshape(-1, 2)
    for a, b in zip(times[:-1], times[1:]):
        p = p + (b**0.5 - a**0.5) * force(q + moved)
        moved = moved + 2 * (a**-0.5 - b**-0.5) * p
        p = p + (b**0.5 - a**0.5) * force(q + moved)
    return moved.reshape(psi.shape)
