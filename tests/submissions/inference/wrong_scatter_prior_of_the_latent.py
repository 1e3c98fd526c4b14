# fails: inference-scatter-test
# Takes the latent numbers to scatter as in the prior, as if the data said nothing about them.
# %% solution="inference-scatter"
def score_scatter(A, B, cov):
    moved = A.T @ np.linalg.inv(cov) @ B
    return moved @ moved.T
