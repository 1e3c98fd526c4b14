# fails: deblending-masks-test
# The shared part is of all pixels of the stamp.
# %% solution="deblending-masks"
def true_masks(light, level):
    masks = light > level
    return masks, (masks.sum(axis=3) > 1).mean(axis=(1, 2))
