# fails: lenses-reliability-test-2
# p = 1 gets a bin of its own, which is cut off.
# %% solution="lenses-reliability"
def reliability(labels, probabilities, n_bins):
    k = np.floor(probabilities * n_bins).astype(int)
    mean = np.full(n_bins, np.nan)
    frac = np.full(n_bins, np.nan)
    count = np.zeros(n_bins)
    for i in range(n_bins):
        if (k == i).any():
            mean[i] = probabilities[k == i].mean()
            frac[i] = labels[k == i].mean()
            count[i] = (k == i).sum()
    return mean, frac, count
