# fails: deblending-fluxes-test
# Nobody gets a pixel in which less than 1e-10 of the largest light is expected.
# %% solution="deblending-fluxes"
def fluxes(images, expected):
    total = expected.sum(axis=3, keepdims=True)
    share = np.where(total > 1e-10 * total.max(), expected / np.where(total > 0, total, 1), 0)
    return np.sum(share * images[..., None], axis=(1, 2))
