# fails: redshifts-fisher-test
# One-sided differences.
# %% solution="redshifts-fisher"
def fisher_matrix(log_power, theta, step):
    ways = step * np.eye(len(theta))
    slopes = np.array([(log_power(theta + way) - log_power(theta)).ravel()[1:] for way in ways]) / step
    return 0.5 * slopes @ slopes.T
