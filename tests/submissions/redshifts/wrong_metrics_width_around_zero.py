# fails: redshifts-metrics-test
# The width is taken around 0, not around the median.
# %% solution="redshifts-metrics"
def redshift_metrics(z_phot, z_true, cut):
    residual = (z_phot - z_true) / (1 + z_true)
    return np.mean(residual), 1.4826 * np.median(np.abs(residual)), np.mean(np.abs(residual) > cut)
