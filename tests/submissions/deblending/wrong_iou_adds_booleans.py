# fails: deblending-iou-test, deblending-match-test, deblending-threshold-test, deblending-energy-test
# The sum of booleans is a logical or: the intersection becomes the union.
# %% solution="deblending-iou"
def iou_and_dice(found, truth):
    total = found + truth
    both = np.sum(total > 1, axis=(1, 2)) if total.dtype != bool else np.sum(total, axis=(1, 2))
    either = np.sum(total > 0, axis=(1, 2))
    iou = np.where(either > 0, both / np.maximum(either, 1), 1.0)
    return iou, 2 * iou / (1 + iou)
