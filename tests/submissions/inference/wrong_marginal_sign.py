# fails: inference-marginal-test
# Points away from the data.
# %% solution="inference-marginal"
def marginal_score(theta, x, A, B, cov):
    return (theta @ A.T - x) @ np.linalg.inv(cov + B @ B.T) @ A
