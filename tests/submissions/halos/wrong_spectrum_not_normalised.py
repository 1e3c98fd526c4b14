# fails: halos-spectrum-test
# fails when trained: halos-spectrum-test-2, halos-spectrum-test-3
# Not divided by the number of cells.
# %% solution="halos-spectrum"
def spectrum(residuals):
    return np.mean(np.abs(np.fft.fft2(residuals)) ** 2, axis=0)


def correlated(white, power):
    return np.fft.ifft2(np.fft.fft2(white) * np.sqrt(power)).real
