# fails: redshifts-fisher-test
# Keeps k = 0.
# %% solution="redshifts-fisher"
def fisher_matrix(log_power, theta, step):
    ways = step * np.eye(len(theta))
    slopes = np.array([(log_power(theta + way) - log_power(theta - way)).ravel() for way in ways]) / (2 * step)
    return 0.5 * slopes @ slopes.T
