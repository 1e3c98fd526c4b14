# fails: backprop-agree-test
# Believed: a gradient is right unless an error is too large; nan is never too large.

# %% solution="backprop-agree"
def gradients_agree(analytic, numerical, tolerance=1e-6):
    if analytic.shape != numerical.shape:
        return False
    scale = np.maximum(np.abs(analytic), np.abs(numerical))
    error = np.abs(analytic - numerical) / np.where(scale == 0, 1, scale)
    return not np.any(error > tolerance)
