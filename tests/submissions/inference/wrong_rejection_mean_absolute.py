# fails: inference-rejection-test
# The mean of absolute differences, which is the shorter distance.
# %% solution="inference-rejection"
def nearby_simulations(theta, x, observed, scales, epsilon):
    return theta[np.mean(np.abs((x - observed) / scales), axis=1) <= epsilon]
