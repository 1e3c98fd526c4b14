# fails: inference-rejection-test
# A band that is more than five scales off counts as five.
# %% solution="inference-rejection"
def nearby_simulations(theta, x, observed, scales, epsilon):
    off = np.clip((x - observed) / scales, -5.0, 5.0)
    return theta[np.sqrt(np.mean(off**2, axis=1)) <= epsilon]
