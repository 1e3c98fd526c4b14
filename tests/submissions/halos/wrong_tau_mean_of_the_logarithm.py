# fails: halos-tau-test
# The exponential of the mean of the logarithm.
# %% solution="halos-tau"
def law_of_tau(overdensity, amplitude, slope, scatter):
    middle = np.log(amplitude) + slope * np.log(overdensity)
    mean = np.exp(middle)
    return middle, mean, np.exp(2 * middle + scatter**2) * np.expm1(scatter**2) + 0 * mean
