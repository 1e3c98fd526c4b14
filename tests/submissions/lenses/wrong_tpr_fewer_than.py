# fails: lenses-tpr-test, lenses-tpr-test-2
# Fewer than `false_positives`, not at most as many.
# %% solution="lenses-tpr"
def tpr_at(labels, scores, false_positives):
    best = 0.0
    for t in scores:
        if np.sum(scores[labels == 0] >= t) < max(false_positives, 1):
            best = max(best, np.mean(scores[labels == 1] >= t))
    return best
