# fails: displacement-spectra-test
# Correlates absolute values, which know no phases.
# %% solution="displacement-spectra"
def transfer_and_correlation(found, truth, edges):
    k = np.hypot(*np.meshgrid(*(2 * np.pi * np.fft.fftfreq(side) for side in truth.shape[1:3]), indexing="ij"))
    f, g = np.fft.fft2(found, axes=(1, 2)), np.fft.fft2(truth, axes=(1, 2))
    T, r = [], []
    for low, high in zip(edges[:-1], edges[1:]):
        some = (k >= low) & (k < high)
        a, b = f[:, some], g[:, some]
        T.append(np.sqrt(np.sum(abs(a) ** 2) / np.sum(abs(b) ** 2)))
        r.append(np.sum(abs(a * b)) / np.sqrt(np.sum(abs(a) ** 2) * np.sum(abs(b) ** 2)))
    return np.array(T), np.array(r)
