# fails: displacement-leapfrog-test
# Asks for the force on each particle as if it was alone.
# %% solution="displacement-leapfrog"
def leapfrog(x, p, a, b, force):
    xs, ps = [], []
    for k in range(len(x)):
        q = p[k : k + 1] + (b**0.5 - a**0.5) * force(x[k : k + 1])
        y = x[k : k + 1] + 2 * (a**-0.5 - b**-0.5) * q
        ps.append(q + (b**0.5 - a**0.5) * force(y))
        xs.append(y)
    return np.concatenate(xs), np.concatenate(ps)


# %% solution="displacement-evolve"
def evolve(psi, times, force):
    """alone"""
    h, w, _ = np.shape(psi)
    q = np.array([(i, j) for i in range(h) for j in range(w)], float)
    d = np.reshape(psi, (-1, 2))
    x, p = q + times[0] * d, times[0] ** 1.5 * d
    for a, b in zip(times[:-1], times[1:]):
        p = p + (b**0.5 - a**0.5) * np.asarray(force(x))
        x = x + 2 * (a**-0.5 - b**-0.5) * p
        p = p + (b**0.5 - a**0.5) * np.asarray(force(x))
    return (x - q).reshape(h, w, 2)
