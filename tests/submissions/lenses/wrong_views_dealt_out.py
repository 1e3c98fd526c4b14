# fails: lenses-epoch-test-2
# Each view as often as the others: a single image has always the same.
# %% solution="lenses-epoch"
def epoch(images, labels, rng, training):
    if not training:
        return images, labels
    n = len(labels)
    order = rng.permutation(n)
    views = rng.permutation(np.arange(n) % 8)  # each view as often
    out = images[order].copy()
    for k in range(8):
        some = np.rot90(out[views == k], k % 4, axes=(1, 2))
        out[views == k] = some[:, :, ::-1] if k > 3 else some
    return out, labels[order]
