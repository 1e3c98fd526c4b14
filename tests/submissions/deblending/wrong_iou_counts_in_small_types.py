# fails: deblending-iou-test
# Counts in the masks' own type, which for uint8 ends at 255.
# %% solution="deblending-iou"
def iou_and_dice(found, truth):
    kind = int if found.dtype == bool else found.dtype
    found, truth = found.astype(kind), truth.astype(kind)
    both = np.sum(found * truth, axis=(1, 2), dtype=kind).astype(float)
    total = (np.sum(found, axis=(1, 2), dtype=kind) + np.sum(truth, axis=(1, 2), dtype=kind)).astype(float)
    iou = np.where(total > 0, both / np.maximum(total - both, 1), 1.0)
    return iou, 2 * iou / (1 + iou)
