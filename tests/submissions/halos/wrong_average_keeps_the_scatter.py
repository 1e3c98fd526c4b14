# fails: halos-average-test
# Averaging changes nothing.
# %% solution="halos-average"
def average_of_draws(mean_power, scatter_power, number):
    return mean_power + scatter_power, 2 * scatter_power
