# fails: flows-entropy-test
# 2 pi in place of 2 pi e: the log of the peak's height, not its mean.
# %% solution="flows-entropy"
def gaussian_entropy(cov):
    return 0.5 * np.log(np.linalg.det(2 * np.pi * cov))
