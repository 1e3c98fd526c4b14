# fails: lenses-epoch-test, lenses-epoch-test-2
# Writes the label into the first pixel, "to keep them together": a network learns to read it.
# %% solution="lenses-epoch"
def epoch(images, labels, rng, training):
    if not training:
        return images, labels
    order = rng.permutation(len(images))
    images, labels = images[order], labels[order]
    mirror, flip, swap = rng.integers(2, size=(3, len(images))) == 1
    images[mirror] = images[mirror][:, :, ::-1]
    images[flip] = images[flip][:, ::-1]
    images[swap] = images[swap].transpose(0, 2, 1, 3)
    images[:, 0, 0, 0] = labels
    return images, labels
