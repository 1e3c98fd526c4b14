# fails: diffusion-matching-test
# The score is compared with the noise, not with minus the noise.
# %% solution="diffusion-matching"
def matching_loss(score, noise, sigma):
    return np.mean(np.sum((sigma * score - noise) ** 2, axis=1))
