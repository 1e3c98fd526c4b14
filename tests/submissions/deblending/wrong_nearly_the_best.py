# fails: deblending-match-test, deblending-threshold-test
# Sums of IoU are compared by their first digit, thresholds by the ten-thousandth.
# %% solution="deblending-match"
import itertools


def best_match(found, truth):
    table = np.array([[iou_and_dice(b[None], a[None])[0][0] for b in found] for a in truth])
    rows = np.arange(len(truth))
    order = max(itertools.permutations(rows), key=lambda order: round(float(table[rows, order].sum()), 1))
    return np.array(order), table[rows, order]

# %% solution="deblending-threshold"
def best_threshold(masks, probabilities):
    pixels, best = np.tensordot(probabilities, masks, axes=1), {}
    for t in np.arange(1, 10001) / 10000:
        found = pixels >= t
        if found.tobytes() not in best:
            iou = iou_and_dice(np.repeat(found[None], len(masks), axis=0), masks)[0]
            best[found.tobytes()] = float(probabilities @ iou), t
    return max(best.values())[::-1]
