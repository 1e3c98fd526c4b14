# fails: vae-reparametrise-test-2
# The right numbers by NumPy, through which no gradient flows.
# %% solution="vae-reparametrise"
def reparametrise(mean, log_var, eps):
    mean, log_var, eps = np.asarray(mean), np.asarray(log_var), np.asarray(eps)
    return tf.constant(mean + np.exp(log_var / 2) * eps)
