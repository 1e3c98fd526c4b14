# fails: vae-reparametrise-test, vae-reparametrise-test-2
# Takes exp(log_var), the variance, for the standard deviation. Both tests are lost (3).
# %% solution="vae-reparametrise"
def reparametrise(mean, log_var, eps):
    return mean + tf.exp(log_var) * eps
