# fails: inference-coverage-test
# The cell of the truth, and those as high, count.
# %% solution="inference-coverage"
def credibility(density, cells, area):
    at_truth = density[np.arange(len(density)), cells]
    return np.sum(np.where(density >= at_truth[:, None], density, 0), axis=1) * area
