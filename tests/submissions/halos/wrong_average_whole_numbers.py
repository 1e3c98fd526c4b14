# fails: halos-average-test
# Powers are written into whole numbers, if those are given.
# %% solution="halos-average"
def average_of_draws(mean_power, scatter_power, number):
    average = np.zeros_like(scatter_power) if np.ndim(scatter_power) else np.zeros(())
    average[...] = scatter_power / number
    return mean_power + average, scatter_power + average
