# fails: flows-entropy-test
# 2 pi e once, whatever the number of dimensions.
# %% solution="flows-entropy"
def gaussian_entropy(cov):
    return 0.5 * np.log(2 * np.pi * np.e * np.linalg.det(cov))
