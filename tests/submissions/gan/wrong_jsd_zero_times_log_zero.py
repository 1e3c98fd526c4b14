# fails: gan-jsd-test-2
# 0 ln 0 is nan.
# %% solution="gan-jsd"
def jensen_shannon(p, q, dx):
    m = (p + q) / 2
    return 0.5 * dx * np.sum(p * np.log(p / m) + q * np.log(q / m))
