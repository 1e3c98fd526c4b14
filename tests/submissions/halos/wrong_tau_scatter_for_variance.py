# fails: halos-tau-test
# The scatter is taken for a variance.
# %% solution="halos-tau"
def law_of_tau(overdensity, amplitude, slope, scatter):
    middle = np.log(amplitude) + slope * np.log(overdensity)
    mean = np.exp(middle + scatter / 2)
    return middle, mean, mean**2 * np.expm1(scatter)
