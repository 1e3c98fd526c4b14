# fails: halos-spectrum-test
# The mean of all maps is taken away: of one map nothing is left.
# %% solution="halos-spectrum"
def spectrum(residuals):
    return np.mean(np.abs(np.fft.fft2(residuals - residuals.mean(axis=0))) ** 2, axis=0) / residuals[0].size


def correlated(white, power):
    return np.fft.ifft2(np.fft.fft2(white) * np.sqrt(power)).real
