# Right: SciPy does most of it.
# %% solution="halos-smooth"
def smooth(field, radius):
    from scipy.ndimage import convolve

    reach = int(np.floor(radius))
    axes = np.meshgrid(*[np.arange(-reach, reach + 1)] * field.ndim, indexing="ij")
    ball = (sum(axis**2 for axis in axes) <= radius**2).astype(float)
    return convolve(field.astype(float), ball / ball.sum(), mode="wrap")

# %% solution="halos-components"
def components(mask):
    from scipy.ndimage import label

    labels = label(np.asarray(mask) > 0)[0]
    changed = True
    while changed:
        changed = False
        for axis in range(labels.ndim):
            first, last = np.take(labels, 0, axis=axis), np.take(labels, -1, axis=axis)
            for a, b in zip(first.ravel(), last.ravel()):
                if a and b and a != b:
                    labels[labels == max(a, b)] = min(a, b)
                    changed = True
                    break
    values = np.unique(labels[labels > 0])
    return np.where(labels > 0, np.searchsorted(values, labels) + 1, 0)

# %% solution="halos-mass"
def mass_function(volumes, edges, total):
    number = np.diff(np.searchsorted(np.sort(volumes), edges, side="left"))
    unit = total * np.diff(np.log(edges))
    return number / unit, np.sqrt(number) / unit

# %% solution="halos-tau"
def law_of_tau(overdensity, amplitude, slope, scatter):
    median = amplitude * np.power(overdensity, float(slope))
    mean_log = np.log(median)
    spread = np.exp(np.square(scatter))
    return mean_log, median * np.sqrt(spread), median**2 * spread * np.expm1(np.square(scatter))
