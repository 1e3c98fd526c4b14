# fails: inference-rejection-test
# Bands with large numbers decide.
# %% solution="inference-rejection"
def nearby_simulations(theta, x, observed, scales, epsilon):
    return theta[np.sqrt(np.mean((x - observed) ** 2, axis=1)) <= epsilon]
