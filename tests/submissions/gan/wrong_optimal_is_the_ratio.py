# fails: gan-optimal-test, gan-optimal-test-2
# D* = p/q, the density ratio in place of the probability.
# %% solution="gan-optimal"
def optimal_discriminator(log_p, log_q):
    return np.exp(np.clip(log_p - log_q, -500, 500))
