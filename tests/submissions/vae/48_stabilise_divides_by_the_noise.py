# Believes that all pixels have the noise of an empty one. Loses the task (2); what follows uses the table instead.
# %% solution="vae-stabilise"
def stabilise(images, noise, exposure):
    return images / noise
