# D* = p/q, the density ratio in place of the probability. Loses both tests (2 points).
# %% solution="gan-optimal"
def optimal_discriminator(log_p, log_q):
    return np.exp(np.clip(log_p - log_q, -500, 500))
