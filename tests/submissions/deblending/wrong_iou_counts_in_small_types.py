# fails: deblending-iou-test
# Counts in the masks' own type, which for uint8 ends at 255. What follows is right.
# %% solution="deblending-iou"
def iou_and_dice(found, truth):
    kind = int if found.dtype == bool else found.dtype
    found, truth = found.astype(kind), truth.astype(kind)
    both = np.sum(found * truth, axis=(1, 2), dtype=kind).astype(float)
    total = (np.sum(found, axis=(1, 2), dtype=kind) + np.sum(truth, axis=(1, 2), dtype=kind)).astype(float)
    iou = np.where(total > 0, both / np.maximum(total - both, 1), 1.0)
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
