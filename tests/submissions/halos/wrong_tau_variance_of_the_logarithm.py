# fails: halos-tau-test
# The variance of the logarithm.
# %% solution="halos-tau"
def law_of_tau(overdensity, amplitude, slope, scatter):
    middle = np.log(amplitude) + slope * np.log(overdensity)
    mean = np.exp(middle + scatter**2 / 2)
    return middle, mean, scatter**2 + 0 * mean
