# fails: vae-posterior-test, vae-posterior-test-2
# Forgets that the noise makes the posterior wider: M = W^T W. Both tests are lost (4).
# %% solution="vae-posterior"
def ppca_posterior(x, W, sigma):
    inverse = np.linalg.pinv(W.T @ W)
    return inverse @ W.T @ x, sigma**2 * inverse
