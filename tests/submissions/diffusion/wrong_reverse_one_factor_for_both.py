# fails: diffusion-reverse-test
# The SDE has the factor of the ODE.
# %% solution="diffusion-reverse"
def reverse_step(x, score, beta, step, noise):
    moved = x + step * beta * (x + score) / 2
    return moved if noise is None else moved + np.sqrt(beta * step) * noise
