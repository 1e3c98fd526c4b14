# fails: halos-components-test
# %% solution="halos-components"
def components(mask):
    """Joins what touches across the edges, three times over: a spiral takes as many times as it has turns."""
    from scipy.ndimage import label

    labels, _ = label(np.asarray(mask) > 0)
    for _ in range(3):
        for axis in range(labels.ndim):
            for a, b in sorted(set(zip(labels.take(0, axis).ravel(), labels.take(-1, axis).ravel()))):
                if a and b:
                    labels[labels == max(a, b)] = min(a, b)
    values = np.unique(labels[labels > 0])
    return np.where(labels > 0, np.searchsorted(values, labels) + 1, 0)
