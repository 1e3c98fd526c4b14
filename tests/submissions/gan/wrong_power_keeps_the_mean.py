# fails: gan-power-test, gan-power-test-2
# Rings from b - 1 to b: the first holds k = 0, the mean of the map, which is no fluctuation.
# %% solution="gan-power"
def power_spectrum(field, box_size, n_bins):
    m = len(field)
    power = np.abs(np.fft.fft2(field) * (box_size / m) ** 2) ** 2 / box_size**2
    steps = np.fft.fftfreq(m, 1 / m)
    length = np.hypot(steps[:, None], steps[None])
    rings = [(length >= b) & (length < b + 1) for b in range(n_bins)]
    k = 2 * np.pi / box_size * np.array([length[ring].mean() for ring in rings])
    return k, np.array([power[ring].mean() for ring in rings])
