# fails: parameters-dense-test
# Counts in float32, which has no odd numbers beyond 16 million.

# %% solution="parameters-dense"
def dense_parameters(n_in, n_out):
    weights = np.ones((n_in + 1, n_out), dtype="float32").shape
    return np.float32(weights[0]) * np.float32(weights[1])
