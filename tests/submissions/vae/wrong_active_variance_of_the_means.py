# fails: vae-active-test
# The criterion of Burda et al. in place of the divergence.
# %% solution="vae-active"
def active_dimensions(mean, log_var, threshold):
    return int(np.sum(np.var(mean, axis=0) > threshold))
