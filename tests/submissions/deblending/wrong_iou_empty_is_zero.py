# fails: deblending-iou-test, deblending-match-test, deblending-threshold-test, deblending-energy-test
# Two empty masks count as a failure.
# %% solution="deblending-iou"
def iou_and_dice(found, truth):
    found, truth = np.asarray(found) > 0.5, np.asarray(truth) > 0.5
    both, either = (found & truth).sum(axis=(1, 2)), (found | truth).sum(axis=(1, 2))
    iou = both / np.maximum(either, 1)
    return iou, 2 * iou / (1 + iou)
