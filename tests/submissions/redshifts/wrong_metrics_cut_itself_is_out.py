# fails: redshifts-metrics-test
# An object on the cut counts as an outlier.
# %% solution="redshifts-metrics"
def redshift_metrics(z_phot, z_true, cut):
    residual = (z_phot - z_true) / (1 + z_true)
    width = 1.4826 * np.median(np.abs(residual - np.median(residual)))
    return np.mean(residual), width, np.mean(np.abs(residual) >= cut)
