# fails: backprop-agree-test
# Believed: a small number in the denominator only keeps 0 from dividing; it also lets wrong gradients below it pass.

# %% solution="backprop-agree"
def gradients_agree(analytic, numerical, tolerance=1e-6):
    if analytic.shape != numerical.shape:
        return False
    size = np.maximum(np.maximum(np.abs(analytic), np.abs(numerical)), 1e-8)
    return bool(np.all(np.abs(analytic - numerical) / size <= tolerance))
