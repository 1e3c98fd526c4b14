# fails: gan-power-test-2
# The number of the ring in place of the mean length of its modes.
# %% solution="gan-power"
def power_spectrum(field, box_size, n_bins):
    m = len(field)
    power = np.abs(np.fft.fft2(field) * (box_size / m) ** 2) ** 2 / box_size**2
    steps = np.fft.fftfreq(m, 1 / m)
    length = np.hypot(steps[:, None], steps[None])
    rings = [np.rint(length) == b for b in range(1, n_bins + 1)]
    return 2 * np.pi / box_size * np.arange(1, n_bins + 1), np.array([power[r].mean() for r in rings])
