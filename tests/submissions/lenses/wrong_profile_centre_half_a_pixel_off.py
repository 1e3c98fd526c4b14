# fails: lenses-profile-test, lenses-profile-test-2
# Puts the centre at s / 2.
# %% solution="lenses-profile"
def radial_profile(images, edges):
    n, s, _ = images.shape
    y, x = np.indices((s, s)) - s / 2
    r = np.hypot(x, y)
    return np.array([[np.mean(i[(r >= a) & (r < b)]) for a, b in zip(edges, edges[1:])] for i in images])
