# fails: inference-marginal-test
# The joint score at z = 0: latent numbers do not count as scatter.
# %% solution="inference-marginal"
def marginal_score(theta, x, A, B, cov):
    return (x - theta @ A.T) @ np.linalg.inv(cov) @ A
