# fails: training-standardise-test, training-standardise-test-2
# The statistics are those of the rows that are standardised, not of training.
# %% solution="training-standardise"
def standardise(train, x):
    width = np.where(np.ptp(x, axis=0) == 0, 1.0, np.std(x, axis=0))
    return (x - np.mean(x, axis=0)) / width
