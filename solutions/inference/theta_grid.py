"""A grid of cells in the plane of two parameters, and densities on it, whose prior is the standard normal one."""

import numpy as np

SIDE = 121  # cells along each axis
EDGE = np.linspace(-5, 5, SIDE)
STEP = EDGE[1] - EDGE[0]
AREA = STEP**2
GRID = np.stack(np.meshgrid(EDGE, EDGE, indexing="ij"), axis=-1).reshape(-1, 2)  # the centres of 14641 cells
PRIOR = np.exp(-0.5 * np.sum(GRID**2, axis=1)) / (2 * np.pi)


def on_grid(mean: np.ndarray, cov: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Posteriors (n, 14641) of data (n, d) for a Gaussian likelihood with means (14641, d) and a covariance (d, d)."""
    root = np.linalg.inv(np.linalg.cholesky(cov)).T
    at, seen = mean @ root, x @ root
    log_like = seen @ at.T - 0.5 * np.sum(at**2, axis=1)
    density = PRIOR * np.exp(log_like - log_like.max(axis=1, keepdims=True))
    return density / (density.sum(axis=1, keepdims=True) * AREA)


def mean_and_error(numbers: np.ndarray) -> str:
    """The mean of numbers (n,) and its standard error, such as 0.05 ± 0.01."""
    return f"{np.mean(numbers):.2f} ± {np.std(numbers, ddof=1) / np.sqrt(len(numbers)):.2f}"


def nearest_cell(theta: np.ndarray) -> np.ndarray:
    """The number of the cell around each of n points (n, 2); beyond the grid, of the nearest one."""
    places = np.clip(np.rint((theta + 5) / STEP), 0, SIDE - 1).astype(int)
    return SIDE * places[:, 0] + places[:, 1]


def log_at(density: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """The logarithms (n,) of n densities (n, 14641), each in the cell around its point (n, 2); -inf where it is 0."""
    with np.errstate(divide="ignore"):
        return np.log(np.asarray(density)[np.arange(len(theta)), nearest_cell(theta)])


def samples_of(density: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Samples (n, count, 2) of n densities (n, 14641): a cell by its mass, and a place in it."""
    mass = np.cumsum(density, axis=1) * AREA
    places = np.stack([np.searchsorted(row, row[-1] * rng.random(count)) for row in mass])
    return GRID[places] + STEP * (rng.random((len(density), count, 2)) - 0.5)


def heights(density: np.ndarray, masses: tuple[float, ...] = (0.95, 0.68)) -> list[float]:
    """The heights above which a density (14641,) holds these masses, the lowest height first."""
    ordered = np.sort(density)[::-1]
    mass = np.cumsum(ordered) * AREA
    return [ordered[np.searchsorted(mass, level)] for level in masses]
