# fails: flows-entropy-test
# A logarithm of base 2.
# %% solution="flows-entropy"
def gaussian_entropy(cov):
    return 0.5 * np.log2(np.linalg.det(2 * np.pi * np.e * cov))
