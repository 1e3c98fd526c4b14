# fails: deblending-threshold-test
# Tries no threshold between one half and 1.
# %% solution="deblending-threshold"
def best_threshold(masks, probabilities):
    pixels, results = np.tensordot(probabilities, masks, axes=1), []
    for t in {0.5, 1.0, *pixels[(pixels > 0) & (pixels <= 0.5)].tolist()}:
        found = np.repeat((pixels >= t)[None], len(masks), axis=0)
        results.append((float(probabilities @ iou_and_dice(found, masks)[0]), t))
    return max(results)[::-1]
