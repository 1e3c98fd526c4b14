# fails: diffusion-heun-test
# The second slope with the noise level of the first.
# %% solution="diffusion-heun"
def heun_sampler(score, y, sigmas):
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        slope = -sigma * score(y, sigma)
        guess = y + (after - sigma) * slope
        if after > 0:
            slope = (slope - sigma * score(guess, sigma)) / 2
        y = y + (after - sigma) * slope
    return y
