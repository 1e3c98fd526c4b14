# fails: lenses-epoch-test
# fails when trained: lenses-classifier-test-3, lenses-classifier-test-4, lenses-classifier-test-5, lenses-compact-test-2, lenses-compact-test-3
# Augments each image, but leaves them in the order of the file.
# %% solution="lenses-epoch"
def epoch(images, labels, rng, training):
    if not training:
        return images, labels
    images = images.copy()
    mirror, flip, swap = rng.integers(2, size=(3, len(images))) == 1
    images[mirror] = images[mirror][:, :, ::-1]
    images[flip] = images[flip][:, ::-1]
    images[swap] = images[swap].transpose(0, 2, 1, 3)
    return images, labels
