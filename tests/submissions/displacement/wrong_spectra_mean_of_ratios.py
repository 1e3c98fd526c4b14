# fails: displacement-spectra-test
# The mean of the ratios of single waves.
# %% solution="displacement-spectra"
def transfer_and_correlation(found, truth, edges):
    k = np.hypot(*np.meshgrid(*(2 * np.pi * np.fft.fftfreq(side) for side in truth.shape[1:3]), indexing="ij"))
    f, g = np.fft.fft2(found, axes=(1, 2)), np.fft.fft2(truth, axes=(1, 2))
    T, r = [], []
    for low, high in zip(edges[:-1], edges[1:]):
        some = (k >= low) & (k < high)
        a, b = f[:, some], g[:, some]
        T.append(np.mean(abs(a) / abs(b)))
        r.append(np.mean((a * b.conj()).real / abs(a * b)))
    return np.array(T), np.array(r)
