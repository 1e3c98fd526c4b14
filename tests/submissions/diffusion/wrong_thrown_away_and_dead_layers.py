# fails: diffusion-heun-test, diffusion-network-test
# may fail when trained: diffusion-network-test-2, diffusion-network-test-3, diffusion-step-test-2, diffusion-step-test-3, diffusion-step-test-4, diffusion-nearest-test-2
# Asks for the score where there is no noise, and throws it away; hidden layers of zeros, which no gradient reaches.
# %% solution="diffusion-heun"
def heun_sampler(score, y, sigmas):
    for sigma, after in zip(sigmas[:-1], sigmas[1:]):
        slope = -sigma * score(y, sigma)
        guess = y + (after - sigma) * slope
        corrected = y + (after - sigma) * (slope - after * score(guess, after)) / 2
        y = np.where(after > 0, corrected, guess)
    return y

# %% solution="diffusion-network"
def build_network(d, hidden):
    inner = [tfkl.Dense(hidden, "relu", kernel_initializer="zeros") for _ in range(3)]
    return tfk.Sequential([tfk.Input(shape=(d + 1,)), *inner, tfkl.Dense(d)])
