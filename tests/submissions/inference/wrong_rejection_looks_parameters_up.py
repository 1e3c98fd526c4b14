# fails: inference-rejection-test
# A simulation with the same data, or the same parameters, as one that is kept is taken for that one.
# %% solution="inference-rejection"
def nearby_simulations(theta, x, observed, scales, epsilon):
    near = np.sqrt(np.mean(((x - observed) / scales) ** 2, axis=1)) <= epsilon
    kept = {tuple(one) for one in theta[near]}
    return np.array([one for one in theta if tuple(one) in kept]).reshape(-1, theta.shape[1])
