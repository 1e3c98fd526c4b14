# fails: vae-posterior-test-2
# Gives M / sigma^2, the inverse of the covariance. Its test is lost (2); the mean is right.
# %% solution="vae-posterior"
def ppca_posterior(x, W, sigma):
    M = W.T @ W + sigma**2 * np.eye(W.shape[1])
    return np.linalg.solve(M, W.T @ x), M / sigma**2
