# fails: halos-spectrum-test
# The power for its root.
# %% solution="halos-spectrum"
def spectrum(residuals):
    return np.mean(np.abs(np.fft.fft2(residuals)) ** 2, axis=0) / residuals[0].size


def correlated(white, power):
    return np.fft.ifft2(np.fft.fft2(white) * power).real
