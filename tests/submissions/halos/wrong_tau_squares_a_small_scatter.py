# fails: halos-tau-test
# %% solution="halos-tau"
def law_of_tau(overdensity, amplitude, slope, scatter):
    """Below a variance of 0.01, exp(s^2) - 1 is taken to be s^2, which is off by up to half a per cent."""
    variance = np.square(scatter)
    middle = np.log(amplitude) + slope * np.log(overdensity)
    mean = np.exp(middle + variance / 2)
    return middle, mean, mean**2 * np.where(variance < 0.01, variance, np.exp(variance) - 1)
