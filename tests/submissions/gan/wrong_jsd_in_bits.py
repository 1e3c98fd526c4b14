# fails: gan-jsd-test, gan-jsd-test-2
# Logarithms to base 2.
# %% solution="gan-jsd"
def jensen_shannon(p, q, dx):
    m = (p + q) / 2
    left = np.sum(p[p > 0] * np.log2(p[p > 0] / m[p > 0])) * dx
    right = np.sum(q[q > 0] * np.log2(q[q > 0] / m[q > 0])) * dx
    return (left + right) / 2
