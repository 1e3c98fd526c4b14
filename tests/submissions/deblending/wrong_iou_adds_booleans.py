# fails: deblending-iou-test
# The sum of booleans is a logical or: the intersection becomes the union. What follows is right.
# %% solution="deblending-iou"
def iou_and_dice(found, truth):
    total = found + truth
    both = np.sum(total > 1, axis=(1, 2)) if total.dtype != bool else np.sum(total, axis=(1, 2))
    either = np.sum(total > 0, axis=(1, 2))
    iou = np.where(either > 0, both / np.maximum(either, 1), 1.0)
    return iou, 2 * iou / (1 + iou)

# %% solution="deblending-match"
def right_iou(found, truth):
    found, truth = np.asarray(found) > 0.5, np.asarray(truth) > 0.5
    both, either = (found & truth).sum(axis=(1, 2)), (found | truth).sum(axis=(1, 2))
    return np.where(either > 0, both / np.maximum(either, 1), 1.0)


def best_match(found, truth):
    def orders(left):
        return [[]] if not left else [[k, *rest] for k in left for rest in orders([j for j in left if j != k])]

    best = max(orders(list(range(len(truth)))), key=lambda order: right_iou([found[k] for k in order], truth).sum())
    return best, right_iou([found[k] for k in best], truth)

# %% solution="deblending-threshold"
def best_threshold(masks, probabilities):
    pixels = sum(p * np.asarray(mask, float) for mask, p in zip(masks, probabilities))
    best = (1.0, -1.0)
    for t in [1.0, *pixels.ravel()]:
        if t > 0:
            value = sum(p * right_iou([pixels >= t], [mask])[0] for mask, p in zip(masks, probabilities))
            best = max(best, (t, value), key=lambda pair: pair[1])
    return best

# %% solution="deblending-energy"
def energy_distance(masks_a, p_a, masks_b, p_b):
    def mean_iou(one, p, other, q):
        return sum(x * y * right_iou([a], [b])[0] for a, x in zip(one, p) for b, y in zip(other, q))

    within = mean_iou(masks_a, p_a, masks_a, p_a) + mean_iou(masks_b, p_b, masks_b, p_b)
    return within - 2 * mean_iou(masks_a, p_a, masks_b, p_b)
