"""How far samples are from each other, and the space of codes."""

import numpy as np
import scipy.stats
from galaxy_stamps import NAMES, in_electrons, in_units_of_noise


def energy_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Energy distance of two samples (n, d) and (m, d); about 0, above or below, if they are from one distribution."""

    def mean_distance(a: np.ndarray, b: np.ndarray, pairs: int) -> float:
        squares = np.sum(a**2, axis=1)[:, None] + np.sum(b**2, axis=1) - 2 * a @ b.T
        return np.sqrt(np.maximum(squares, 0)).sum() / pairs

    n, m = len(a), len(b)
    within = mean_distance(a, a, n * (n - 1)) + mean_distance(b, b, m * (m - 1))
    return 2 * mean_distance(a, b, n * m) - within


def table_of_statistics(values: dict[str, np.ndarray], real: np.ndarray) -> None:
    """Prints Kolmogorov-Smirnov statistics of five measurements (n, 5), by name, against real ones (m, 5)."""
    print(f"{'':16}  " + "  ".join(f"{name:>17}" for name in NAMES))
    for name, found in values.items():
        distances = [scipy.stats.ks_2samp(found[:, k], real[:, k]).statistic for k in range(5)]
        print(f"{name:16}  " + "  ".join(f"{distance:17.3f}" for distance in distances))


class CodeSpace:
    """Codes of stamps along components, bent by arcsinh so that long tails are shorter, and standardised.

    Attributes:
        mean: of the bent numbers of the stamps that it was made of, (k,).
        sd: their standard deviation, (k,).
    """

    def __init__(self, rows: np.ndarray, mean_row: np.ndarray, components: np.ndarray, spreads: np.ndarray) -> None:
        """Of rows (n, p) in units of the noise, their mean (p,), components (k, p), and spreads along these, (k,)."""
        self._mean_row, self._components, self._spreads = mean_row, components, spreads
        bent = self._bent(rows)
        self.mean, self.sd = bent.mean(axis=0), bent.std(axis=0)

    def _bent(self, rows: np.ndarray) -> np.ndarray:
        return np.arcsinh(1.5 * ((rows - self._mean_row) @ self._components.T) / self._spreads)

    def to_codes(self, stamps: np.ndarray) -> np.ndarray:
        """Stamps (n, 32, 32) in electrons/s -> codes (n, k)."""
        return (self._bent(in_units_of_noise(stamps)) - self.mean) / self.sd

    def to_stamps(self, codes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Codes (n, k) -> stamps (n, 32, 32) in electrons/s, with fresh noise besides the components."""
        along = self._spreads / 1.5 * np.sinh(self.mean + self.sd * codes)
        noise = rng.normal(size=(len(codes), len(self._mean_row)))
        beside = noise - noise @ self._components.T @ self._components
        return in_electrons(self._mean_row + along @ self._components + beside)
