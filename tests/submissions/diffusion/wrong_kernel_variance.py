# fails: diffusion-kernel-test
# The variance of the noise, not its standard deviation.
# %% solution="diffusion-kernel"
def vp_kernel(t, low, high):
    total = low * t + 0.5 * (high - low) * t**2
    return np.exp(-total / 2), -np.expm1(-total)
