# fails: vae-active-test
# Averages means and variances over the images before the formula: means of both signs cancel.
# %% solution="vae-active"
def active_dimensions(mean, log_var, threshold):
    m, v = np.mean(mean, axis=0), np.mean(np.exp(log_var), axis=0)
    return int(np.sum(0.5 * (v + m**2 - 1 - np.log(v)) > threshold))
