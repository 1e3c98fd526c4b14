# fails: lenses-profile-test-2
# Uses np.histogram, whose last bin holds its upper edge.
# %% solution="lenses-profile"
def radial_profile(images, edges):
    n, s, _ = images.shape
    y, x = np.indices((s, s)) - (s - 1) / 2
    r = np.hypot(x, y).ravel()
    count = np.histogram(r, edges)[0]
    return np.stack([np.histogram(r, edges, weights=image.ravel())[0] / count for image in images])
