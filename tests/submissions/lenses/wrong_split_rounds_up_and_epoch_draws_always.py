# fails: lenses-split-test, lenses-epoch-test-2
# Rounds the first two parts up, so that nothing is left for testing where objects are few.
# %% solution="lenses-split"
def split(objects, fractions, seed):
    names = np.random.default_rng(seed).permutation(np.unique(objects))
    a, b = (math.ceil(fraction * len(names)) for fraction in fractions[:2])
    return [np.flatnonzero(np.isin(objects, piece)) for piece in np.split(names, [a, a + b])]


# Draws order and views before it asks whether this is training: validation moves the generator on.
# %% solution="lenses-epoch"
def epoch(images, labels, rng, training):
    order, turns, mirrored = rng.permutation(len(labels)), rng.integers(4, size=len(labels)), rng.random(len(labels)) < 0.5
    if not training:
        return images, labels
    images, labels = images[order], labels[order]
    for k in range(4):
        images[turns == k] = np.rot90(images[turns == k], k, axes=(1, 2))
    images[mirrored] = images[mirrored][:, ::-1]
    return images, labels
