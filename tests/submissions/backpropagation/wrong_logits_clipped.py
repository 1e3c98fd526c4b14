# fails: backprop-logits-test-2
# Believed: clipping p keeps the logarithm finite, so all is well. A loss of 1000 becomes 16.

# %% solution="backprop-logits"
def bce_from_logits(t, z):
    p = np.clip(1 / (1 + np.exp(-z)), 1e-7, 1 - 1e-7)
    return -np.mean(t * np.log(p) + (1 - t) * np.log(1 - p))
