# Right: prints, warns and divides by zero on the way.
# %% solution="displacement-zeldovich"
import warnings


def zeldovich(delta):
    print("moving", delta.shape)
    warnings.warn("old", DeprecationWarning, stacklevel=2)
    k = np.meshgrid(*(2 * np.pi * np.fft.fftfreq(side) for side in delta.shape), indexing="ij")
    potential = -np.fft.fft2(delta) / (k[0] ** 2 + k[1] ** 2)
    potential[0, 0] = 0
    return np.stack([np.fft.ifft2(-1j * part * potential).real for part in k], axis=2)

# %% solution="displacement-evolve"
def evolve(psi, times, force):
    print("from", times[0], "to", times[-1])
    q = np.array([[i, j] for i in range(len(psi)) for j in range(len(psi[0]))])
    x, p = q + times[0] * psi.reshape(len(q), 2), times[0] * np.sqrt(times[0]) * psi.reshape(len(q), 2)
    now = times[0]
    for later in list(times)[1:]:
        x, p = leapfrog(x, p, now, later, force)
        now = later
    return np.reshape(np.asarray(x) - q, psi.shape)
