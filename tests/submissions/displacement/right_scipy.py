# Right: SciPy, matrices and Einstein sums do most of it.
# %% solution="displacement-zeldovich"
def zeldovich(delta):
    from scipy import fft

    k = np.array(np.meshgrid(*(2 * np.pi * fft.fftfreq(side) for side in delta.shape), indexing="ij"))
    with np.errstate(all="ignore"):
        potential = np.nan_to_num(-fft.fft2(np.asarray(delta, dtype=float)) / np.einsum("aij,aij->ij", k, k))
    return np.einsum("aij->ija", fft.ifft2(-1j * k * potential, axes=(1, 2)).real)

# %% solution="displacement-second"
def second_order(delta):
    eigenvalues = np.linalg.eigvalsh(np.asarray(tides(delta)))
    return zeldovich(3 / 7 * eigenvalues[..., 0] * eigenvalues[..., 1])

# %% solution="displacement-gather"
def at_particles(field, x):
    from scipy.ndimage import map_coordinates

    return np.stack([map_coordinates(part, np.asarray(x).T - 0.5, order=1, mode="grid-wrap") for part in np.moveaxis(np.asarray(field, dtype=float), -1, 0)], axis=1)

# %% solution="displacement-cloud"
def cloud_in_cell(x, shape):
    def shares(place, side):
        low = np.floor(place - 0.5).astype(int)
        matrix = np.zeros((len(place), side))
        for cell, part in ((low, 1 - (place - 0.5 - low)), (low + 1, place - 0.5 - low)):
            matrix[np.arange(len(place)), cell % side] += part
        return matrix

    return np.einsum("ni,nj->ij", shares(x[:, 0], shape[0]), shares(x[:, 1], shape[1]))

# %% solution="displacement-leapfrog"
def leapfrog(x, p, a, b, force):
    from scipy.integrate import quad

    kick, drift = quad(lambda s: s**-0.5, a, b)[0], quad(lambda s: s**-1.5, a, b)[0]
    half = np.add(p, np.multiply(kick / 2, force(x)))
    there = np.add(x, drift * half)
    return there, half + kick / 2 * np.asarray(force(there))

# %% solution="displacement-spectra"
def transfer_and_correlation(found, truth, edges):
    from scipy import fft, stats

    k = np.hypot(*np.meshgrid(*(2 * np.pi * fft.fftfreq(side) for side in truth.shape[1:3]), indexing="ij")).ravel()
    f, g = (fft.fft2(np.asarray(part), axes=(1, 2)) for part in (found, truth))
    products = [np.einsum("nijc,nijc->ij", a, b.conj()).real.ravel() for a, b in ((f, f), (g, g), (f, g))]
    ff, gg, fg = stats.binned_statistic(k, products, "sum", bins=edges)[0]
    return np.sqrt(ff / gg), fg / np.sqrt(ff) / np.sqrt(gg)
