# fails: halos-tau-test
# An exponential less one, which loses its digits for a tiny scatter.
# %% solution="halos-tau"
def law_of_tau(overdensity, amplitude, slope, scatter):
    mu = np.log(amplitude) + slope * np.log(overdensity)
    square = scatter**2
    mean = np.exp(mu + square / 2)
    return mu, mean, mean**2 * (np.exp(square) - 1)
