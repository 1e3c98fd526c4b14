"""Simulated displacements: matter on a periodic sheet, from a Gaussian field to a clumpy one, by a particle mesh.

The universe is flat and has matter alone (Einstein-de Sitter), in which growing structure grows as the scale factor a.
All fields vary along two of three axes, so that a particle stands for a straight line of matter. Lengths are in cells,
the distance of two particles in the file. Displacements by Zel'dovich (1970), A&A 5, 84; second order by Bouchet et
al. (1995), A&A 296, 575; the particle mesh as in Hockney & Eastwood (1988), with the time steps of Quinn et al. (1997),
arXiv:astro-ph/9710043. Spectrum and amplitude are choices of ours, such that second order is no longer enough.

The truth is that of a finer run: four times as many particles and cells along each axis. A run with eight times as many
differs by about 0.03 cells, a tenth of what Zel'dovich misses (tests/test_simulations_displacement.py).
"""

import itertools

import numpy as np

SLOPE = -1.0  # of the power spectrum
SMOOTHING = 0.8  # cells: the field is smoothed by a Gaussian of this width, as waves of a cell or two are mesh, not sky
RMS = 1.2  # of the linear density contrast at a = 1
FINER = 4  # particles of the run for each of the file, along each axis
TIMES = np.linspace(0.05, 1.0, 31)  # scale factors between steps


def waves(shape: tuple[int, int]) -> tuple[np.ndarray, ...]:
    """Wave numbers along both axes, in radians a cell, in the order of `numpy.fft.fft2`."""
    return np.meshgrid(*(2 * np.pi * np.fft.fftfreq(side) for side in shape), indexing="ij")


def gaussian_field(side: int, rng: np.random.Generator, rms: float = RMS) -> np.ndarray:
    """A linear density contrast (side, side) of this expected rms, without the shortest waves and without a mean."""
    k = np.hypot(*waves((side, side)))
    k[0, 0] = np.inf
    amplitude = k ** (SLOPE / 2) * np.exp(-0.5 * np.where(np.isinf(k), 0, k * SMOOTHING) ** 2)
    amplitude[side // 2], amplitude[:, side // 2] = 0, 0
    field = np.fft.ifft2(amplitude * np.fft.fft2(rng.normal(size=(side, side)))).real
    return rms * field / np.sqrt(np.mean(amplitude**2))


def _potential(delta: np.ndarray) -> np.ndarray:
    """Minus the transform of the potential whose Laplacian is a density contrast."""
    k2 = sum(k**2 for k in waves(delta.shape))
    k2[0, 0] = np.inf
    return np.fft.fft2(delta) / k2


def zeldovich(delta: np.ndarray) -> np.ndarray:
    """The displacement (h, w, 2) whose divergence is minus a density contrast (h, w)."""
    potential = _potential(delta)
    return np.stack([np.fft.ifft2(1j * k * potential).real for k in waves(delta.shape)], axis=-1)


def second_order(delta: np.ndarray) -> np.ndarray:
    """What second order adds to the displacement (h, w, 2) of a linear density contrast (h, w) at a = 1."""
    (rows, columns), potential = waves(delta.shape), _potential(delta)
    yy, xx, xy = (np.fft.ifft2(k * potential).real for k in (rows**2, columns**2, rows * columns))
    return 3 / 7 * zeldovich(yy * xx - xy**2)


def finer(delta: np.ndarray, factor: int) -> np.ndarray:
    """The same waves on a lattice with so many points for each one; without those of two cells."""
    h, w = delta.shape
    known = np.fft.fftshift(np.fft.fft2(delta))
    known[0], known[:, 0] = 0, 0
    spectrum = np.zeros((factor * h, factor * w), dtype=complex)
    top, left = (factor - 1) * h // 2, (factor - 1) * w // 2
    spectrum[top : top + h, left : left + w] = known
    return factor**2 * np.fft.ifft2(np.fft.ifftshift(spectrum)).real


def _shares(x: np.ndarray, shape: tuple[int, int]) -> list[tuple[np.ndarray, np.ndarray]]:
    """The four cells that each particle shares its mass among, and its shares; centres of cells lie at halves."""
    low = np.floor(x - 0.5).astype(int)
    part = x - 0.5 - low
    cells = []
    for row, column in np.ndindex(2, 2):
        place = (low[:, 0] + row) % shape[0] * shape[1] + (low[:, 1] + column) % shape[1]
        cells.append((place, np.abs(1 - row - part[:, 0]) * np.abs(1 - column - part[:, 1])))
    return cells


def forces(x: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Force (n, 2) on particles at x (n, 2), in cells: minus the gradient of the potential with Laplacian 1.5 delta."""
    cells, mass = _shares(x, shape), np.zeros(shape[0] * shape[1])
    for place, share in cells:
        mass += np.bincount(place, share, minlength=len(mass))
    field = 1.5 * zeldovich((mass / mass.mean() - 1).reshape(shape)).reshape(-1, 2)
    return sum(share[:, None] * field[place] for place, share in cells)


def particle_mesh(delta: np.ndarray, times: np.ndarray = TIMES, factor: int = FINER) -> np.ndarray:
    """Displacement (h, w, 2), in cells, at the last of the times, of particles that start on the corners of cells.

    Args:
        delta: linear density contrast at a = 1, (h, w).
        times: scale factors; the first is that of the start, by second order.
        factor: particles, and cells of the mesh, for each of the result, along each axis.
    """
    fine = finer(delta, factor)
    psi, psi2 = (part(fine).reshape(-1, 2) for part in (zeldovich, second_order))
    lattice = np.stack(np.meshgrid(*map(np.arange, fine.shape), indexing="ij"), axis=-1).reshape(-1, 2)
    a = times[0]
    x, p = lattice + a * psi + a**2 * psi2, a**1.5 * psi + 2 * a**2.5 * psi2
    force = forces(x, fine.shape)
    for a, b in itertools.pairwise(times):
        half_kick = np.sqrt(b) - np.sqrt(a)
        p = p + force * half_kick
        x = x + p * 2 * (1 / np.sqrt(a) - 1 / np.sqrt(b))
        force = forces(x, fine.shape)
        p = p + force * half_kick
    return ((x - lattice) / factor).reshape(*fine.shape, 2)[::factor, ::factor]


def simulate(n: int, seed: int, side: int = 32, rms: float = RMS) -> dict[str, np.ndarray]:
    """Boxes, each from a child of the seed of its own: the first of a larger set are those of a smaller one.

    Args:
        n: number of boxes.
        seed: of everything random.
        side: cells and particles along an axis.
        rms: of the linear density contrast at a = 1.

    Returns:
        `delta`, linear density contrasts (n, side, side), and displacements at a = 1, in cells (n, side, side, 2):
        `first` by Zel'dovich, and `psi`, the truth.
    """
    rngs = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(n)]
    fields = [gaussian_field(side, rng, rms) for rng in rngs]
    return {
        "delta": np.array(fields),
        "first": np.array([zeldovich(delta) for delta in fields]),
        "psi": np.array([particle_mesh(delta) for delta in fields]),
    }
