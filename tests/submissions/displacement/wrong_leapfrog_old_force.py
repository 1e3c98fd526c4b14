# fails: displacement-leapfrog-test
# The second half kick has the force of the old positions.
# %% solution="displacement-leapfrog"
def leapfrog(x, p, a, b, force):
    half, f = np.sqrt(b) - np.sqrt(a), force(x)
    x = x + 2 * (1 / np.sqrt(a) - 1 / np.sqrt(b)) * (p + half * f)
    return x, p + 2 * half * f

# %% solution="displacement-evolve"
def evolve(psi, times, force):
    q = np.indices(psi.shape[:2]).reshape(2, -1).T
    moved, p = times[0] * psi.reshape(-1, 2), times[0] ** 1.5 * psi.reshape(-1, 2)
    for a, b in zip(times[:-1], times[1:]):
        p = p + (b**0.5 - a**0.5) * force(q + moved)
        moved = moved + 2 * (a**-0.5 - b**-0.5) * p
        p = p + (b**0.5 - a**0.5) * force(q + moved)
    return moved.reshape(psi.shape)
