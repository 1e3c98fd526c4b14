# fails: deblending-threshold-test
# One IoU of expected intersection and union.
# %% solution="deblending-threshold"
def best_threshold(masks, probabilities):
    pixels = np.tensordot(probabilities, masks, axes=1)
    tried = [t for t in np.unique(np.append(pixels, 1.0)) if t > 0]
    expected = []
    for t in tried:
        found = pixels >= t
        expected.append(pixels[found].sum() / max(found.sum() + pixels[~found].sum(), 1e-12))
    return tried[int(np.argmax(expected))], max(expected)
