# fails: deblending-masks-test, deblending-iou-test
# Counts pixels in a type that ends at 255; and takes differences of masks, which in uint8 are 255 and not -1.
# %% solution="deblending-masks"
def true_masks(light, level):
    masks = light > level
    owners = masks.sum(axis=3)
    shared = (owners > 1).sum(axis=(1, 2), dtype="uint8")
    return masks, shared / np.maximum((owners > 0).sum(axis=(1, 2)), 1)

# %% solution="deblending-iou"
def iou_and_dice(found, truth):
    differ = np.abs(1 * found - 1 * truth).sum(axis=(1, 2))
    sums = found.sum(axis=(1, 2)) + truth.sum(axis=(1, 2))
    both = (sums - differ) / 2
    iou = np.where(sums == 0, 1.0, both / np.maximum(both + differ, 1))
    return iou, 2 * iou / (1 + iou)
