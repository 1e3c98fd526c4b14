# Believed: N is the number of rows. Right for vectors, wrong for tables. Loses mse (1).

# %% solution="backprop-mse"
def mean_squared_error(t, y):
    return np.sum((t - y) ** 2) / len(t)
