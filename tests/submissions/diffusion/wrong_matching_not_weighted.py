# fails: diffusion-matching-test
# The difference to the slope without sigma.
# %% solution="diffusion-matching"
def matching_loss(score, noise, sigma):
    return np.mean(np.sum((score + noise / sigma) ** 2, axis=1))
