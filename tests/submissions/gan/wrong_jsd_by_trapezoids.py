# fails: gan-jsd-test, gan-jsd-test-2
# The first and the last point count one half: right only where the densities fade at the ends of the grid.
# %% solution="gan-jsd"
def jensen_shannon(p, q, dx):
    m = (p + q) / 2
    terms = np.zeros(len(p))
    for f in (p, q):
        terms[f > 0] += 0.5 * f[f > 0] * np.log(f[f > 0] / m[f > 0])
    return np.trapezoid(terms, dx=dx) if len(p) > 2 else terms.sum() * dx
