# fails: diffusion-kernel-test
# 1 less an exponential near 1.
# %% solution="diffusion-kernel"
def vp_kernel(t, low, high):
    alpha = np.exp(-0.5 * (low * t + 0.5 * (high - low) * t**2))
    return alpha, np.sqrt(1 - alpha**2)
