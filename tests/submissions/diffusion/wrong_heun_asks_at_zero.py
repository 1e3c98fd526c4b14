# fails: diffusion-heun-test
# Asks for the score where there is no noise.
# %% solution="diffusion-heun"
def heun_sampler(score, y, sigmas):
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        slope = -sigma * score(y, sigma)
        guess = y + (after - sigma) * slope
        y = y + (after - sigma) * (slope - after * score(guess, after)) / 2
    return y
