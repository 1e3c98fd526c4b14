# fails: training-standardise-test, training-optimism-test-2
# A search that ends at 5000 points, and a column that is constant where it varies by 1e-10 of its mean.
# %% solution="training-standardise"
def standardise(train, x):
    mean, width = np.mean(train, axis=0), np.std(train, axis=0)
    constant = np.ptp(train, axis=0) <= 1e-10 * np.abs(mean)
    return (x - mean) / np.where(constant, 1.0, width)

# %% solution="training-optimism"
def expected_errors(n, p, variance):
    points = next(m for m in range(p + 2, 5000) if p / m + p / (m - p - 1) <= 0.1)
    return variance * (1 - p / n), variance * (1 + p / (n - p - 1)), points
