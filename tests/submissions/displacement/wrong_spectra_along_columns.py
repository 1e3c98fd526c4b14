# fails: displacement-spectra-test
# Takes the wave number along the columns' index for |k|.
# %% solution="displacement-spectra"
def transfer_and_correlation(found, truth, edges):
    h, w = truth.shape[1:3]
    k = np.abs(2 * np.pi * np.fft.fftfreq(w)) + np.zeros((h, 1))
    f, g = (np.fft.fft2(field, axes=(1, 2)) for field in (found, truth))

    def binned(one, other):
        return np.histogram(k, edges, weights=np.sum(one * np.conj(other), axis=(0, 3)).real)[0]

    ff, gg = binned(f, f), binned(g, g)
    return np.sqrt(ff / gg), binned(f, g) / np.sqrt(ff * gg)
