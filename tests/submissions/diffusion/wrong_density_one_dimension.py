# fails: diffusion-density-test
# The normal density at the end has the factor of one dimension.
# %% solution="diffusion-density"
def ode_log_density(score, divergence, x, sigmas):
    y, change = x, 0.0
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        slope = -sigma * score(y, sigma)
        guess = y + (after - sigma) * slope
        change = change + (after - sigma) * (sigma * divergence(y, sigma) + after * divergence(guess, after)) / 2
        y = y + (after - sigma) * (slope - after * score(guess, after)) / 2
    return -0.5 * np.log(2 * np.pi * after**2) - np.sum(y**2, axis=1) / (2 * after**2) - change
