# fails: deblending-threshold-test
# One half, always.
# %% solution="deblending-threshold"
def best_threshold(masks, probabilities):
    pixels = np.tensordot(probabilities, masks, axes=1)
    found = np.repeat((pixels >= 0.5)[None], len(masks), axis=0)
    return 0.5, np.sum(probabilities * iou_and_dice(found, masks)[0])
