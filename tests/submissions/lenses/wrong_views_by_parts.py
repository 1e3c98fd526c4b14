# fails: lenses-epoch-test-2
# Eight parts of the images, one for each view: a single image has always the same.
# %% solution="lenses-epoch"
def epoch(images, labels, rng, training):
    if not training:
        return images, labels
    n = len(labels)
    out = images.copy()
    for k, rows in enumerate(np.array_split(rng.permutation(n), 8)):
        some = np.rot90(out[rows], k % 4, axes=(1, 2))
        out[rows] = some[:, :, ::-1] if k > 3 else some
    order = rng.permutation(n)
    return out[order], labels[order]
