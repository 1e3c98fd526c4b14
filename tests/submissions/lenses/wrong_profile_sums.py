# fails: lenses-profile-test, lenses-profile-test-2
# Adds the pixels of an annulus up instead of taking the mean.
# %% solution="lenses-profile"
def radial_profile(images, edges):
    n, s, _ = images.shape
    y, x = np.indices((s, s)) - (s - 1) / 2
    r = np.hypot(x, y)
    return np.array([[np.sum(i[(r >= a) & (r < b)]) for a, b in zip(edges, edges[1:])] for i in images])
