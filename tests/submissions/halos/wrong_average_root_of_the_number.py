# fails: halos-average-test
# The scatter falls with the root of K, and not its power with K.
# %% solution="halos-average"
def average_of_draws(mean_power, scatter_power, number):
    return mean_power + scatter_power / number**0.5, scatter_power * (1 + number**-0.5)
