# fails: lenses-epoch-test
# fails when trained: lenses-classifier-test-3, lenses-classifier-test-4, lenses-classifier-test-5, lenses-compact-test-2, lenses-compact-test-3
# Believes that 1 stands for "no lens" and turns the labels around. The test of order and labels is lost, and all that
# is trained: the network ranks non-lenses first.
# %% solution="lenses-epoch"
def epoch(images, labels, rng, training):
    labels = 1 - labels
    if not training:
        return images, labels
    order = rng.permutation(len(images))
    images, labels = images[order], labels[order]
    mirror, flip, swap = rng.integers(2, size=(3, len(images))) == 1
    images[mirror] = images[mirror][:, :, ::-1]
    images[flip] = images[flip][:, ::-1]
    images[swap] = images[swap].transpose(0, 2, 1, 3)
    return images, labels
