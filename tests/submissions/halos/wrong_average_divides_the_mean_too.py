# fails: halos-average-test
# The power of the mean becomes less, too.
# %% solution="halos-average"
def average_of_draws(mean_power, scatter_power, number):
    return (mean_power + scatter_power) / number, scatter_power * (1 + 1 / number)
