# fails: deblending-match-test, deblending-fluxes-test, deblending-threshold-test
# No order is better than none if nothing fits; who is alone gets all the light; 0 is no threshold.
# %% solution="deblending-match"
import itertools


def best_match(found, truth):
    table = np.array([[iou_and_dice(b[None], a[None])[0][0] for b in found] for a in truth])
    rows, best, value = np.arange(len(truth)), np.zeros(len(truth), dtype=int), 0.0
    for order in itertools.permutations(rows):
        if table[rows, order].sum() > value:
            best, value = np.array(order), table[rows, order].sum()
    return best, table[rows, best]

# %% solution="deblending-fluxes"
def fluxes(images, expected):
    if expected.shape[3] == 1:
        return images.sum(axis=(1, 2))[:, None]
    total = expected.sum(axis=3, keepdims=True)
    return np.sum(expected / np.where(total > 0, total, 1) * images[..., None], axis=(1, 2))

# %% solution="deblending-threshold"
def best_threshold(masks, probabilities):
    pixels = np.tensordot(probabilities, masks, axes=1)
    if not pixels.any():
        return 0.0, 1.0
    results = []
    for t in {1.0, *pixels[pixels > 0].tolist()}:
        found = np.repeat((pixels >= t)[None], len(masks), axis=0)
        results.append((float(probabilities @ iou_and_dice(found, masks)[0]), min(t, 1.0)))
    return max(results)[::-1]
