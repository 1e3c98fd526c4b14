# fails: inference-scatter-test
# The covariance of the joint score over all runs, the marginal score's own included.
# %% solution="inference-scatter"
def score_scatter(A, B, cov):
    return A.T @ np.linalg.inv(cov) @ A
