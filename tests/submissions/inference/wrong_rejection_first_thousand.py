# fails: inference-rejection-test
# Keeps a thousand at most.
# %% solution="inference-rejection"
def nearby_simulations(theta, x, observed, scales, epsilon):
    return theta[np.sqrt(np.mean(((x - observed) / scales) ** 2, axis=1)) <= epsilon][:1000]
