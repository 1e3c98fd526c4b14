# fails: gan-power-test-2
# Frequencies instead of wavenumbers.
# %% solution="gan-power"
def power_spectrum(field, box_size, n_bins):
    m = len(field)
    power = np.abs(np.fft.fft2(field) * (box_size / m) ** 2) ** 2 / box_size**2
    steps = np.fft.fftfreq(m, 1 / m)
    length = np.hypot(steps[:, None], steps[None])
    rings = [np.rint(length) == b for b in range(1, n_bins + 1)]
    return np.array([length[r].mean() for r in rings]) / box_size, np.array([power[r].mean() for r in rings])
