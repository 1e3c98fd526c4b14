# fails: diffusion-step-test
# fails when trained: diffusion-network-test-2, diffusion-network-test-3, diffusion-step-test-2, diffusion-step-test-3, diffusion-step-test-4, diffusion-nearest-test-2
# Nothing moves: a network as it was built, whose galaxies are new, and unlike any.
# %% solution="diffusion-step"
def train_step(network, optimizer, x, sigma, noise, data_sd):
    raise NotImplementedError("Return the loss before the step, and take it.")
