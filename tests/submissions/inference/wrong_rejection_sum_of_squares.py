# fails: inference-rejection-test
# The distance is the root of the sum, not of the mean.
# %% solution="inference-rejection"
def nearby_simulations(theta, x, observed, scales, epsilon):
    return theta[np.sqrt(np.sum(((x - observed) / scales) ** 2, axis=1)) <= epsilon]
