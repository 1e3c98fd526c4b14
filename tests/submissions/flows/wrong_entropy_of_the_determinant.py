# fails: flows-entropy-test
# The determinant itself: of many tiny variances it is 0 in any float.
# %% solution="flows-entropy"
def gaussian_entropy(cov):
    return 0.5 * np.log(np.linalg.det(2 * np.pi * np.e * cov))
