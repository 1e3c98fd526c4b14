# fails: deblending-fluxes-test
# Each galaxy gets all that was seen where it is expected.
# %% solution="deblending-fluxes"
def fluxes(images, expected):
    return np.sum(images[..., None] * (expected > 0), axis=(1, 2))
