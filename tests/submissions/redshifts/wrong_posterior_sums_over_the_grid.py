# fails: redshifts-posterior-test, redshifts-posterior-test-2
# Divides by the sum, as if the grid had equal steps of 1.
# %% solution="redshifts-posterior"
def grid_posterior(log_like, prior, z):
    with np.errstate(divide="ignore"):
        joint = scipy.special.logsumexp(log_like + np.log(prior), axis=-1)
    density = np.exp(joint - joint.max(axis=1, keepdims=True))
    return density / density.sum(axis=1, keepdims=True)
