# fails: gan-optimal-test-2
# Exponentiates each density: 0/0 where both are tiny.
# %% solution="gan-optimal"
def optimal_discriminator(log_p, log_q):
    p, q = np.exp(log_p), np.exp(log_q)
    return p / (p + q)
