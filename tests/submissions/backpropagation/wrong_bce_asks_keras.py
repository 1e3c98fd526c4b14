# fails: backprop-bce-test
# Keras clips its probabilities at 1e-7.

# %% solution="backprop-bce"
def binary_cross_entropy(t, p):
    return tfk.losses.BinaryCrossentropy()(t, p)
