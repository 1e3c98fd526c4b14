# fails: deblending-fluxes-test
# A small number in the divisor, as large as the light expected.
# %% solution="deblending-fluxes"
def fluxes(images, expected):
    return np.sum(images[..., None] * expected / (expected.sum(axis=-1, keepdims=True) + 1e-6), axis=(1, 2))
