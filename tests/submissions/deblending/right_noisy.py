# Right, but prints, warns and divides by zero on the way.
# %% solution="deblending-iou"
import warnings


def iou_and_dice(found, truth):
    print(len(found), "pairs")
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    a, b = np.array(found, dtype=float), np.array(truth, dtype=float)
    both, either = np.minimum(a, b).sum((1, 2)), np.maximum(a, b).sum((1, 2))
    iou = both / either
    dice = 2 * both / (both + either)
    iou[either == 0] = 1
    return iou, np.nan_to_num(dice, nan=1.0)

# %% solution="deblending-fluxes"
def fluxes(images, expected):
    share = np.nan_to_num(expected / expected.sum(-1)[..., None])
    print("sharing")
    return np.array([[(image * part).sum() for part in np.moveaxis(parts, -1, 0)] for image, parts in zip(images, share)])

# %% solution="deblending-threshold"
def best_threshold(masks, probabilities):
    warnings.warn("slow", UserWarning, stacklevel=2)
    pixels = np.einsum("m,mhw->hw", probabilities, np.asarray(masks, dtype=float))
    steps = sorted({*pixels[pixels > 0].tolist(), 1.0}, reverse=True)
    values = []
    for t in steps:
        iou = iou_and_dice(np.stack([pixels >= t] * len(masks)), masks)[0]
        values.append(float(np.dot(iou, probabilities)))
    print(values)
    return steps[int(np.argmax(values))], np.max(values)

# %% solution="deblending-blind"
def same_map():
    print("two laws")
    return np.eye(4, dtype=bool)[:, None], np.full(4, 0.25), [[[1, 1, 1, 1]], [[0, 0, 0, 0]]], (0.25, 0.75)


def higher_iou():
    return np.eye(3)[:, None], np.array([0.6, 0.2, 0.2]), np.eye(3)[:1, None], np.ones(1)
