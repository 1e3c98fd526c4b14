# fails: vae-montecarlo-test
# ln q without its -ln sigma.
# %% solution="vae-montecarlo"
def kl_monte_carlo(mean, log_var, eps):
    z = mean + np.exp(log_var / 2) * eps
    return np.mean(np.sum(0.5 * z**2 - 0.5 * eps**2, axis=-1), axis=0)
