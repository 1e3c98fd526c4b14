# fails: backprop-agree-test
# Arrays of the same size are taken for arrays of the same shape.

# %% solution="backprop-agree"
def gradients_agree(analytic, numerical, tolerance=1e-6):
    if np.size(analytic) != np.size(numerical):
        return False
    a, n = np.ravel(analytic), np.ravel(numerical)
    return bool(np.all(np.abs(a - n) <= tolerance * np.maximum(np.abs(a), np.abs(n))))
