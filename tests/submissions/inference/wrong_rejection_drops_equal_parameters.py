# fails: inference-rejection-test
# The same parameters come once, even if two simulations have them.
# %% solution="inference-rejection"
def nearby_simulations(theta, x, observed, scales, epsilon):
    distance = np.sqrt(np.mean(((x - observed) / scales) ** 2, axis=1))
    kept = theta[distance <= epsilon]
    first = np.unique(kept, axis=0, return_index=True)[1]
    return kept[np.sort(first)]
