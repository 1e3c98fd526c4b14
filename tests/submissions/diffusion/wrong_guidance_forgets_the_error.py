# fails: diffusion-guidance-test
# What was measured has no error.
# %% solution="diffusion-guidance"
def guidance(denoised, covariance, z, H, r, sigma):
    spread = H @ covariance @ H.T + 1e-9 * np.eye(len(z))
    pull = np.linalg.solve(spread, (z - denoised @ H.T)[:, :, None])
    return (covariance @ H.T @ pull)[:, :, 0] / sigma**2
