# fails: deblending-blind-test, deblending-blind-test-2
# The same law twice; and the right law as an answer.
# %% solution="deblending-blind"
def same_map():
    masks, half = np.array([[[0, 0]], [[1, 1]]]), np.array([0.5, 0.5])
    return masks, half, masks[::-1], half


def higher_iou():
    masks, p = np.array([[[1, 0]], [[0, 1]]]), np.array([0.7, 0.3])
    return masks, p, masks, p
