# fails: displacement-phases-test
# Multiplies all waves by i, whose real part is nothing.
# %% solution="displacement-phases"
def same_power(field):
    return np.fft.ifft2(1j * np.fft.fft2(field)).real
