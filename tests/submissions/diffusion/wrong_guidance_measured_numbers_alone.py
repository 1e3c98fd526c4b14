# fails: diffusion-guidance-test
# Pulls what was measured, and nothing else.
# %% solution="diffusion-guidance"
def guidance(denoised, covariance, z, H, r, sigma):
    spread = H @ covariance @ H.T + r**2 * np.eye(len(z))
    pull = np.linalg.solve(spread, (z - denoised @ H.T)[:, :, None])
    return (H.T @ pull)[:, :, 0]
