# fails: halos-average-test
# By a ratio, which is none where both powers are 0.
# %% solution="halos-average"
def average_of_draws(mean_power, scatter_power, number):
    average = scatter_power / number
    return (mean_power + scatter_power) * ((mean_power + average) / (mean_power + scatter_power)), scatter_power + average
