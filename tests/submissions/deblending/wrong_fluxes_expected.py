# fails: deblending-fluxes-test
# The light that was expected, not what was seen.
# %% solution="deblending-fluxes"
def fluxes(images, expected):
    return expected.sum(axis=(1, 2))
