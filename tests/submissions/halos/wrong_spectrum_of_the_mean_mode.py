# fails: halos-spectrum-test
# fails when trained: halos-spectrum-test-2, halos-spectrum-test-3
# The power of the mean map, where the phases cancel.
# %% solution="halos-spectrum"
def spectrum(residuals):
    return np.abs(np.mean(np.fft.fft2(residuals), axis=0)) ** 2 / residuals[0].size


def correlated(white, power):
    return np.fft.ifft2(np.fft.fft2(white) * np.sqrt(power)).real
