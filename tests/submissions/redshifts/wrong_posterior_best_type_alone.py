# fails: redshifts-posterior-test, redshifts-posterior-test-2
# Takes the best type at each redshift instead of the sum over types.
# %% solution="redshifts-posterior"
def grid_posterior(log_like, prior, z):
    with np.errstate(divide="ignore"):
        joint = np.max(log_like + np.log(prior), axis=-1)
    density = np.exp(joint - joint.max(axis=1, keepdims=True))
    return density / np.trapezoid(density, z, axis=1)[:, None]
