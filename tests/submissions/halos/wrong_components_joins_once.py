# fails: halos-components-test
# Labels are joined once at each edge: what crosses several stays apart.
# %% solution="halos-components"
def components(mask):
    from scipy.ndimage import label

    labels = label(np.asarray(mask) > 0)[0]
    for axis in range(labels.ndim):
        first, last = np.take(labels, 0, axis=axis), np.take(labels, -1, axis=axis)
        names = {}
        for a, b in zip(first.ravel(), last.ravel()):
            if a and b:
                names[int(b)] = int(a)
        labels = np.vectorize(lambda value: names.get(int(value), int(value)), otypes=[int])(labels)
    values = np.unique(labels[labels > 0])
    return np.where(labels > 0, np.searchsorted(values, labels) + 1, 0)
