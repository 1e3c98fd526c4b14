# fails: diffusion-heun-test
# The second step begins where the first ended.
# %% solution="diffusion-heun"
def heun_sampler(score, y, sigmas):
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        slope = -sigma * score(y, sigma)
        guess = y + (after - sigma) * slope
        y = guess if after == 0 else guess + (after - sigma) * (slope - after * score(guess, after)) / 2
    return y
