# fails: diffusion-kernel-test
# The present beta times t, not its integral.
# %% solution="diffusion-kernel"
def vp_kernel(t, low, high):
    total = (low + (high - low) * t) * t
    return np.exp(-total / 2), np.sqrt(-np.expm1(-total))
