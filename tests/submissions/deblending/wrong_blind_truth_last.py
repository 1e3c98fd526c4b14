# fails: deblending-blind-test-2
# The law of the truth comes last.
# %% solution="deblending-blind"
def same_map():
    half = np.array([0.5, 0.5])
    return np.array([[[0, 0]], [[1, 1]]]), half, np.array([[[0, 1]], [[1, 0]]]), half


def higher_iou():
    masks = np.array([[[1, 0]], [[0, 1]]])
    return masks[:1], np.array([1.0]), masks, np.array([0.7, 0.3])
