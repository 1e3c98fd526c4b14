# fails: redshifts-metrics-test
# The residual is not divided by 1 + z.
# %% solution="redshifts-metrics"
def redshift_metrics(z_phot, z_true, cut):
    residual = z_phot - z_true
    width = 1.4826 * np.median(np.abs(residual - np.median(residual)))
    return np.mean(residual), width, np.mean(np.abs(residual) > cut)
