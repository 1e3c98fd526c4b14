"""Band powers with a common amplitude, and its posterior on a grid on which all amplitudes are equally probable."""

import numpy as np
import scipy.special
import scipy.stats

AMPLITUDES = np.linspace(0.3, 3, 136)
STEP = AMPLITUDES[1] - AMPLITUDES[0]


def estimates(powers: np.ndarray, modes: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """2000 true amplitudes, and estimates (2000, d) of these times the powers (d,) from so many modes (d,)."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(AMPLITUDES, size=2000)
    return truth, truth[:, None] * powers * rng.chisquare(modes, size=(2000, len(modes))) / modes


def gaussian_likelihoods(seen: np.ndarray, powers: np.ndarray, modes: np.ndarray) -> dict[str, np.ndarray]:
    """Two Gaussian ln p (k, m) of estimates (k, d) under models (m, d), by where the P of the variance comes from."""
    taken = {"variance of each model": powers, "variance from the data": seen[:, None]}
    spread = {name: np.sqrt(2 / modes) * power for name, power in taken.items()}
    return {name: scipy.stats.norm.logpdf(seen[:, None], powers, one).sum(axis=2) for name, one in spread.items()}


def posteriors(log_likes: dict[str, np.ndarray], truth: np.ndarray) -> dict[str, np.ndarray]:
    """Densities (k, 136) by their names, of log-likelihoods (k, 136); prints how good they are at k true amplitudes."""
    densities = {}
    for name, log_like in log_likes.items():
        log_density = log_like - scipy.special.logsumexp(log_like, axis=1, keepdims=True) - np.log(STEP)
        densities[name] = np.exp(log_density)
        at_truth = log_density[np.arange(len(truth)), np.searchsorted(AMPLITUDES, truth)]
        off = densities[name] @ AMPLITUDES * STEP - truth
        print(f"  {name:23}: mean of ln q at the truth {at_truth.mean():6.2f} nats, mean error of the amplitude "
              f"{off.mean():+.3f} ± {scipy.stats.sem(off):.3f}")  # fmt: skip
    return densities
