# fails: displacement-spectra-test
# No transfer function is above 300.
# %% solution="displacement-spectra"
def transfer_and_correlation(found, truth, edges):
    F = np.fft.fft2(found, axes=(1, 2))
    G = np.fft.fft2(truth, axes=(1, 2))
    h, w = F.shape[1:3]
    k = np.hypot(2 * np.pi * np.fft.fftfreq(h)[:, None], 2 * np.pi * np.fft.fftfreq(w))
    f = np.histogram(k, edges, weights=np.sum(np.abs(F) ** 2, axis=(0, 3)))[0]
    g = np.histogram(k, edges, weights=np.sum(np.abs(G) ** 2, axis=(0, 3)))[0]
    c = np.histogram(k, edges, weights=np.sum((F * np.conj(G)).real, axis=(0, 3)))[0]
    return np.minimum(np.sqrt(f / g), 300), c / np.sqrt(f * g)
