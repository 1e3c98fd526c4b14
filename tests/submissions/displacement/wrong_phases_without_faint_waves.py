# fails: displacement-phases-test
# Leaves out waves of less than a hundredth of the strongest.
# %% solution="displacement-phases"
def same_power(field):
    field = np.asarray(field)
    h, w = field.shape
    k0 = np.fft.fftfreq(h)[:, None] + np.zeros(w)
    k1 = np.fft.fftfreq(w)[None] + np.zeros((h, 1))
    sign = np.where(k0 == 0, np.sign(k1), np.sign(k0))
    out = np.fft.ifft2(1j * sign * np.fft.fft2(field)).real
    F = np.fft.fft2(field)
    F[np.abs(F) < 1e-2 * np.abs(F).max()] = 0
    return np.fft.ifft2(1j * sign * F).real
