# fails: lenses-auroc-test-2
# Only pairs in which the lens is strictly above count.
# %% solution="lenses-auroc"
def auroc(labels, scores):
    a, b = scores[labels == 1], scores[labels == 0]
    return (a[:, None] > b[None, :]).mean()
