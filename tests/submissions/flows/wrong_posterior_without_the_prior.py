# fails: flows-posterior-test
# The inverse of the Fisher matrix: the prior is forgotten.
# %% solution="flows-posterior"
def linear_gaussian_posterior(x, A, prior_cov, noise_cov):
    precision = np.linalg.inv(noise_cov)
    cov = np.linalg.inv(A.T @ precision @ A)
    return x @ precision @ A @ cov, cov
