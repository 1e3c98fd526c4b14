# fails: redshifts-fisher-test
# Forgets the half: each mode counts at k and at -k.
# %% solution="redshifts-fisher"
def fisher_matrix(log_power, theta, step):
    ways = step * np.eye(len(theta))
    slopes = np.array([(log_power(theta + way) - log_power(theta - way)).ravel()[1:] for way in ways]) / (2 * step)
    return slopes @ slopes.T
