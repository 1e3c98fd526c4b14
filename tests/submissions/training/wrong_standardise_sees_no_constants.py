# fails: training-standardise-test-2
# A constant column is divided by a width that is 0, or rounding's.
# %% solution="training-standardise"
def standardise(train, x):
    return (x - np.mean(train, axis=0)) / np.maximum(np.std(train, axis=0), 1e-30)
