# fails: halos-mass-test
# The last bin holds its upper edge.
# %% solution="halos-mass"
def mass_function(volumes, edges, total):
    number = np.histogram(volumes, edges)[0]
    unit = total * np.log(edges[1:] / edges[:-1])
    return number / unit, np.sqrt(number) / unit
