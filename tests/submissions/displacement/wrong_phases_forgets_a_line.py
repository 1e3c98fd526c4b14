# fails: displacement-phases-test
# Forgets the waves along the columns.
# %% solution="displacement-phases"
def same_power(field):
    sign = np.sign(np.fft.fftfreq(field.shape[0]))[:, None]
    return np.fft.ifft2(1j * sign * np.fft.fft2(field)).real
