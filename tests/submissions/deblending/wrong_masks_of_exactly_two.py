# fails: deblending-masks-test
# A pixel of three galaxies is not counted as shared.
# %% solution="deblending-masks"
def true_masks(light, level):
    masks = light > level
    owners = masks.sum(axis=3)
    owned, shared = (owners > 0).sum(axis=(1, 2)), (owners == 2).sum(axis=(1, 2))
    return masks, shared / np.maximum(owned, 1)
