# fails: displacement-spectra-test
# Waves beyond the last edge count for the last bin.
# %% solution="displacement-spectra"
def transfer_and_correlation(found, truth, edges):
    F, G = np.fft.fft2(found, axes=(1, 2)), np.fft.fft2(truth, axes=(1, 2))
    k = np.hypot(*np.meshgrid(*(2 * np.pi * np.fft.fftfreq(n) for n in F.shape[1:3]), indexing="ij"))
    m = len(edges) - 1
    which = np.minimum(np.digitize(k, edges), m)
    s = [np.bincount(which.ravel(), p.real.sum((0, 3)).ravel(), m + 1)[1:] for p in (F * F.conj(), G * G.conj(), F * G.conj())]
    return np.sqrt(s[0] / s[1]), s[2] / np.sqrt(s[0] * s[1])
