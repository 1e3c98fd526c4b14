# Right: the latent part by Woodbury's identity, and linear systems in place of inverses.
# %% solution="inference-marginal"
def marginal_score(theta, x, A, B, cov):
    inside = np.linalg.solve(cov, B)
    spread = np.linalg.inv(np.eye(B.shape[1]) + B.T @ inside)
    off = np.linalg.solve(cov, (x - theta @ A.T).T)
    return (A.T @ (off - inside @ (spread @ (B.T @ off)))).T

# %% solution="inference-scatter"
def score_scatter(A, B, cov):
    pull = A.T @ np.linalg.solve(cov, B)
    return pull @ np.linalg.solve(np.eye(B.shape[1]) + B.T @ np.linalg.solve(cov, B), pull.T)

# %% solution="inference-compress"
def compress(x, guess, mean, slopes, cov):
    whitened = np.linalg.solve(cov, slopes)
    fisher = slopes.T @ whitened
    return guess + np.linalg.solve(fisher, whitened.T @ (x - mean).T).T, fisher
