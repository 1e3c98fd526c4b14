# fails: diffusion-reverse-test
# The drift of the forward equation is left out.
# %% solution="diffusion-reverse"
def reverse_step(x, score, beta, step, noise):
    if noise is None:
        return x + step * beta * score / 2
    return x + step * beta * score + np.sqrt(beta * step) * noise
