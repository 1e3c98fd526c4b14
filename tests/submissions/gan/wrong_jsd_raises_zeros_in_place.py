# fails: gan-jsd-test-2
# Right numbers, but the densities of whoever calls it have no zeros any more.
# %% solution="gan-jsd"
def jensen_shannon(p, q, dx):
    p[p == 0] = 1e-12
    q[q == 0] = 1e-12
    m = (p + q) / 2
    return 0.5 * dx * np.sum(p * np.log(p / m) + q * np.log(q / m))
