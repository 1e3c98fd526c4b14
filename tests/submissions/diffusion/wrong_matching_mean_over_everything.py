# fails: diffusion-matching-test
# A mean over dimensions, too.
# %% solution="diffusion-matching"
def matching_loss(score, noise, sigma):
    return np.mean((sigma * score + noise) ** 2)
