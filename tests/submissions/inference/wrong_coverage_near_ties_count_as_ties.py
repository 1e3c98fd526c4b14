# fails: inference-coverage-test
# A density must be higher by a hundred thousandth.
# %% solution="inference-coverage"
def credibility(density, cells, area):
    here = density[np.arange(len(cells)), cells][:, None]
    return area * np.where((density > here) & ~np.isclose(density, here), density, 0.0).sum(axis=1)
