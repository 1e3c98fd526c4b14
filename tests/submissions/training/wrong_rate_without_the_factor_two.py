# fails: training-rate-test
# The second derivative of a square without its 2.
# %% solution="training-rate"
def largest_rate(x):
    return 2 / np.linalg.eigvalsh(x.T @ x / len(x)).max()
