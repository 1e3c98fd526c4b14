# fails: diffusion-denoise-test
# The standard deviation in the place of the variance.
# %% solution="diffusion-denoise"
def denoise(y, score, sigma):
    return y + sigma * score
