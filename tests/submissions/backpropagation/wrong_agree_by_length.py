# fails: backprop-agree-test
# As many axes and as many rows are taken for the same shape: a column is stretched to a matrix.

# %% solution="backprop-agree"
def gradients_agree(analytic, numerical, tolerance=1e-6):
    if analytic.ndim != numerical.ndim or len(analytic) != len(numerical):
        return False
    size = np.maximum(np.abs(analytic), np.abs(numerical))
    return bool(np.all(np.abs(analytic - numerical) <= tolerance * size))
