# fails: vae-reparametrise-test, vae-reparametrise-test-2
# Multiplies by the logarithm of the variance itself. Both tests are lost (3).
# %% solution="vae-reparametrise"
def reparametrise(mean, log_var, eps):
    return mean + log_var * eps
