# fails: vae-stabilise-test
# Believes that all pixels have the noise of an empty one.
# %% solution="vae-stabilise"
def stabilise(images, noise, exposure):
    return images / noise
