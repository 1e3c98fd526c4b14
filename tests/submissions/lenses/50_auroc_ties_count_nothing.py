# Only pairs in which the lens is strictly above count. Loses the test with ties (1 point).
# %% solution="lenses-auroc"
def auroc(labels, scores):
    a, b = scores[labels == 1], scores[labels == 0]
    return (a[:, None] > b[None, :]).mean()
