# fails: vae-montecarlo-test
# Evaluates both densities at draws from the prior, not from q.
# %% solution="vae-montecarlo"
def kl_monte_carlo(mean, log_var, eps):
    q = tfd.Normal(mean, np.exp(log_var / 2)).log_prob(eps)
    p = tfd.Normal(0.0, 1.0).log_prob(eps)
    return np.mean(np.sum(q - p, axis=-1), axis=0)
