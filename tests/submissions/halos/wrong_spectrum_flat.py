# fails: halos-spectrum-test
# fails when trained: halos-spectrum-test-2, halos-spectrum-test-3
# White noise of the right variance: each cell by itself.
# %% solution="halos-spectrum"
def spectrum(residuals):
    return np.full(residuals.shape[1:], np.mean(residuals**2))


def correlated(white, power):
    return np.fft.ifft2(np.fft.fft2(white) * np.sqrt(power)).real
