# fails: diffusion-preconditioning-test, diffusion-step-test
# fails when trained: diffusion-network-test-2, diffusion-network-test-3, diffusion-step-test-2, diffusion-step-test-3, diffusion-step-test-4
# Variances in the place of standard deviations.
# %% solution="diffusion-preconditioning"
def preconditioning(sigma, data_sd):
    total = sigma**2 + data_sd**2
    return data_sd**2 / total, sigma**2 * data_sd**2 / total, 1 / total
