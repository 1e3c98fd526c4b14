# fails: diffusion-denoise-test
# Against the score.
# %% solution="diffusion-denoise"
def denoise(y, score, sigma):
    return y - sigma**2 * score
