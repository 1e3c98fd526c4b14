# fails: diffusion-reverse-test
# The noise grows with the step, not with its root.
# %% solution="diffusion-reverse"
def reverse_step(x, score, beta, step, noise):
    if noise is None:
        return x + step * beta * (x + score) / 2
    return x + step * beta * (x / 2 + score) + np.sqrt(beta) * step * noise
