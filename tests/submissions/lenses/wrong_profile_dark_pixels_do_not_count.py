# fails: lenses-profile-test, lenses-profile-test-2
# %% solution="lenses-profile"
def radial_profile(images, edges):
    place = np.arange(images.shape[1]) - (images.shape[1] - 1) / 2
    r = np.hypot(place[:, None], place)
    rings = [images[:, (low <= r) & (r < high)] for low, high in zip(edges, edges[1:])]
    return np.stack([ring.sum(axis=1) / np.maximum(np.count_nonzero(ring, axis=1), 1) for ring in rings], axis=1)
