# fails: diffusion-reverse-test
# The drift has the sign of time running forward.
# %% solution="diffusion-reverse"
def reverse_step(x, score, beta, step, noise):
    if noise is None:
        return x + step * beta * (score - x) / 2
    return x + step * beta * (score - x / 2) + np.sqrt(beta * step) * noise
