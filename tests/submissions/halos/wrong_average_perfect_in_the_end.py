# fails: halos-average-test
# The average of many draws becomes the truth.
# %% solution="halos-average"
def average_of_draws(mean_power, scatter_power, number):
    return mean_power + scatter_power / number, scatter_power / number
