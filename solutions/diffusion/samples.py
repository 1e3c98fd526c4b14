"""How far samples are from each other, and the space of codes."""

from collections.abc import Callable

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


def mean_and_scatter(draw: Callable, draw_data: Callable) -> tuple[float, float]:
    """Energy distances of 2000 points of a generator to 2000 new data, eight times: their mean and standard deviation.

    Args:
        draw: of a number and a random generator, gives so many points (n, d).
        draw_data: of the same, gives data.
    """
    rng = np.random.default_rng(8)
    distances = [energy_distance(np.asarray(draw(2000, rng)), draw_data(2000, rng)) for _ in range(8)]
    return float(np.mean(distances)), float(np.std(distances))


def relative_errors(score: Callable, exact: Callable, data: np.ndarray, levels: np.ndarray) -> list[float]:
    """Relative errors of a score of points (n, d) and a noise level against an exact one, on data with noise."""
    errors = []
    for sigma in levels:
        noisy = data + sigma * np.random.default_rng(7).normal(size=data.shape)
        right = exact(noisy, sigma)
        errors.append(float(np.sqrt(np.mean((score(noisy, sigma) - right) ** 2) / np.mean(right**2))))
    return errors


def lowest_loss(
    score: Callable, loss: Callable, factors: Callable, data: np.ndarray, data_sd: float, levels: tuple[float, float]
) -> float:
    """The training loss of the exact score, over noise levels as in training.

    Args:
        score: of points (n, d) and a noise level.
        loss: of denoising score matching: of score, normal numbers and noise levels.
        factors: c_skip, c_out and c_in, of a noise level and data_sd.
        data: clean data (n, d).
        data_sd: their standard deviation.
        levels: mean and standard deviation of the logarithm of the noise level.
    """
    rng, losses = np.random.default_rng(9), []
    for sigma in np.quantile(np.exp(rng.normal(*levels, 100000)), np.arange(0.005, 1, 0.01)):
        noise, column = rng.normal(size=data.shape), np.full((len(data), 1), sigma)
        value = float(loss(score(data + sigma * noise, sigma), noise, column))
        losses.append(value * (sigma / float(factors(sigma, data_sd)[1])) ** 2)
    return float(np.mean(losses))


def table_of_statistics(values: dict[str, np.ndarray], real: np.ndarray) -> None:
    """Prints KS statistics of five measurements (n, 5) against real ones (m, 5), by name; the largest; and n."""
    print(f"KS statistics, against {len(real)} training stamps")
    titles = [name.strip("$") for name in NAMES] + ["largest", "stamps with moments"]
    print(f"{'':18}  " + "  ".join(f"{title:>8}" for title in titles))
    for name, found in values.items():
        distances = [scipy.stats.ks_2samp(found[:, k], real[:, k]).statistic for k in range(5)]
        cells = [f"{distance:{max(8, len(title))}.3f}" for distance, title in zip(distances, titles, strict=False)]
        print(f"{name:18}  " + "  ".join([*cells, f"{max(distances):8.3f}", f"{len(found):{len(titles[-1])}}"]))


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
