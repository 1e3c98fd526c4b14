# fails: training-rate-test
# The mean of the eigenvalues, not the largest.
# %% solution="training-rate"
def largest_rate(x):
    return 2 / np.linalg.eigvalsh(2 * x.T @ x / len(x)).mean()
