# fails: lenses-reliability-test, lenses-reliability-test-2
# The fraction of right answers at one half, as for the confidence of the predicted class, in place of the fraction of
# lenses.
# %% solution="lenses-reliability"
def reliability(labels, probabilities, n_bins):
    k = np.minimum((probabilities * n_bins).astype(int), n_bins - 1)
    mean = np.full(n_bins, np.nan)
    frac = np.full(n_bins, np.nan)
    count = np.bincount(k, minlength=n_bins)
    right = (probabilities >= 0.5) == labels
    for i in range(n_bins):
        if count[i]:
            mean[i] = probabilities[k == i].mean()
            frac[i] = right[k == i].mean()
    return mean, frac, count
