# fails: deblending-masks-test
# A pixel with exactly the level is in.
# %% solution="deblending-masks"
def true_masks(light, level):
    masks = light >= level
    owners = masks.sum(axis=3)
    return masks, (owners > 1).sum(axis=(1, 2)) / np.maximum((owners > 0).sum(axis=(1, 2)), 1)
