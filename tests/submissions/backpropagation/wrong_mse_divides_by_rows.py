# fails: backprop-mse-test
# Believed: N is the number of rows. Right for vectors, wrong for tables.

# %% solution="backprop-mse"
def mean_squared_error(t, y):
    return np.sum((t - y) ** 2) / len(t)
