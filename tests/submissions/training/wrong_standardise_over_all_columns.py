# fails: training-standardise-test, training-standardise-test-2
# One mean and one width for all columns.
# %% solution="training-standardise"
def standardise(train, x):
    return (x - np.mean(train)) / (np.std(train) or 1.0)
