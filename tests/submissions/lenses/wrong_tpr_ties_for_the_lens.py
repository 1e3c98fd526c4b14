# fails: lenses-tpr-test-2
# Sorts with the lens first where scores are equal, and stops at the first non-lens too many.
# %% solution="lenses-tpr"
def tpr_at(labels, scores, false_positives):
    order = np.lexsort((1 - labels, -scores))
    found = fp = 0
    for y in labels[order]:
        if y == 1:
            found += 1
        else:
            fp += 1
            if fp > false_positives:
                break
    return found / np.sum(labels == 1)
