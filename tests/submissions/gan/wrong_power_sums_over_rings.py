# fails: gan-power-test
# Adds up the modes of a ring rather than averaging them.
# %% solution="gan-power"
def power_spectrum(field, box_size, n_bins):
    m = len(field)
    power = np.abs(np.fft.fft2(field) * (box_size / m) ** 2) ** 2 / box_size**2
    steps = np.fft.fftfreq(m, 1 / m)
    length = np.hypot(steps[:, None], steps[None])
    rings = [np.rint(length) == b for b in range(1, n_bins + 1)]
    k = 2 * np.pi / box_size * np.array([length[ring].mean() for ring in rings])
    return k, np.array([power[ring].sum() for ring in rings])
