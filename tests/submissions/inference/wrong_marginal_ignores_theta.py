# fails: inference-marginal-test
# The score at theta = 0, wherever theta is.
# %% solution="inference-marginal"
def marginal_score(theta, x, A, B, cov):
    return x @ np.linalg.inv(cov + B @ B.T) @ A
