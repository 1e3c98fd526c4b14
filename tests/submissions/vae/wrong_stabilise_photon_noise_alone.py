# fails: vae-stabilise-test
# Anscombe's square root without the noise of the sky: it has an infinite slope at zero.
# %% solution="vae-stabilise"
def stabilise(images, noise, exposure):
    return 2 * np.sqrt(np.maximum(images, 0) * exposure)
