# fails: training-standardise-test
# The mean of the squares less the square of the mean: round-off is all that is left of a small width.
# %% solution="training-standardise"
def standardise(train, x):
    mean = np.mean(train, axis=0)
    width = np.sqrt(np.maximum(np.mean(train.astype(float) ** 2, axis=0) - mean**2, 0))
    constant = np.ptp(train, axis=0) == 0
    return (x - np.where(constant, train[0], mean)) / np.where(constant | (width == 0), 1.0, width)
