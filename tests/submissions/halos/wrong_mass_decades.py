# fails: halos-mass-test
# The decimal logarithm.
# %% solution="halos-mass"
def mass_function(volumes, edges, total):
    number = np.array([np.sum((volumes >= a) & (volumes < b)) for a, b in zip(edges[:-1], edges[1:])])
    unit = total * np.log10(edges[1:] / edges[:-1])
    return number / unit, np.sqrt(number) / unit
