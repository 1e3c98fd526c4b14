# fails: displacement-phases-test
# The other sign: the same power, and a correlation of -1.
# %% solution="displacement-phases"
def same_power(field):
    return -np.asarray(field)
