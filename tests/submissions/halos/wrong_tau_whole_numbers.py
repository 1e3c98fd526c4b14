# fails: halos-tau-test
# The mean is written into whole numbers, if those are given.
# %% solution="halos-tau"
def law_of_tau(overdensity, amplitude, slope, scatter):
    out = np.zeros_like(overdensity)
    mu = np.log(amplitude) + slope * np.log(overdensity)
    square = scatter**2
    mean = np.exp(mu + square / 2)
    out[...] = mean
    return mu, out, mean**2 * np.expm1(square)
