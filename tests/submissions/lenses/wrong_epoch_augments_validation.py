# fails: lenses-epoch-test-2
# Turns images in validation too, where they should stay as they are.
# %% solution="lenses-epoch"
def epoch(images, labels, rng, training):
    if training:
        order = rng.permutation(len(images))
        images, labels = images[order], labels[order]
    images = images.copy()
    mirror, flip, swap = rng.integers(2, size=(3, len(images))) == 1
    images[mirror] = images[mirror][:, :, ::-1]
    images[flip] = images[flip][:, ::-1]
    images[swap] = images[swap].transpose(0, 2, 1, 3)
    return images, labels
