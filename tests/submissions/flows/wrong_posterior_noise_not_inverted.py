# fails: flows-posterior-test
# Weighs the data with their covariance, not with its inverse.
# %% solution="flows-posterior"
def linear_gaussian_posterior(x, A, prior_cov, noise_cov):
    cov = np.linalg.inv(np.linalg.inv(prior_cov) + A.T @ noise_cov @ A)
    return x @ noise_cov @ A @ cov, cov
