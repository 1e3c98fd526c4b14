# trained
# Augments each image, but leaves them in the order of the file. Loses the shuffle
# (2); the file holds lenses first, so that each batch has one class, and both networks learn next to nothing (5 + 4).
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
