# fails: lenses-epoch-test
# fails when trained: lenses-classifier-test-3, lenses-classifier-test-4, lenses-classifier-test-5, lenses-compact-test-2, lenses-compact-test-3
# %% solution="lenses-epoch"
def epoch(images, labels, rng, training):
    if not training:
        return images, labels
    order = np.arange(len(labels))
    for label in (0, 1):
        order[labels == label] = rng.permutation(order[labels == label])
    images, view = images[order], rng.integers(8, size=len(order))
    for k in range(8):
        turned = np.rot90(images[view == k], k % 4, (1, 2))
        images[view == k] = turned[:, ::-1] if k > 3 else turned
    return images, labels[order]
