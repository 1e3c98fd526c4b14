# fails: training-standardise-test, training-standardise-test-2
# Takes a narrow column for a constant one.
# %% solution="training-standardise"
def standardise(train, x):
    width = np.std(train, axis=0)
    return (x - np.mean(train, axis=0)) / np.where(width < 1e-3, 1.0, width)
