# fails: backprop-bce-test
# Believed: the minus sign and the sum cover the first term only, as the slide is printed.

# %% solution="backprop-bce"
def binary_cross_entropy(t, p):
    return -np.mean(t * np.log(p)) + np.mean((1 - t) * np.log(1 - p))
