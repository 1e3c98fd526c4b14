# fails: halos-spectrum-test
# The mean of each map is taken away: its largest mode is lost.
# %% solution="halos-spectrum"
def spectrum(residuals):
    return np.mean(np.abs(np.fft.fft2(residuals - residuals.mean(axis=(1, 2), keepdims=True))) ** 2, axis=0) / residuals[0].size


def correlated(white, power):
    return np.fft.ifft2(np.fft.fft2(white) * np.sqrt(power)).real
