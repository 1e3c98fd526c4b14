"""Section 3: a density ratio, and the network that gives it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special
import scipy.stats

from graders.checks.changes import one_column_changed
from graders.checks.domains import arrays
from graders.checks.ladder import Function, brief, draws
from graders.checks.networks import ORDINARY, Network, built


def check_density_ratio(density_ratio: Callable[..., Any]) -> None:
    """Logits of every shape, up to 6 and far below 0, with classes of several sizes, against e^logit n_fake / n_real.

    Those of Bayes' rule from two Gaussians, against the ratio of their densities.
    """
    student = Function(density_ratio, "density_ratio")
    cases = ((100, 100), (500, 100), (30, 3000), (1, 7), (1000, 250), (3000, 11))
    for rng, (n_real, n_fake) in zip(draws(seed=661, count=len(cases)), cases, strict=True):
        x = rng.uniform(-2, 2, size=(8,))
        p = scipy.stats.norm(rng.uniform(-1, 1), rng.uniform(0.8, 1.3)).pdf(x)
        q = scipy.stats.norm(rng.uniform(-1, 1), rng.uniform(0.8, 1.3)).pdf(x)
        real = n_real * p / (n_real * p + n_fake * q)
        student(scipy.special.logit(real), n_real, n_fake).close(p / q, _by_bayes(n_real, n_fake), rtol=1e-3, atol=0)
    for logits in (*arrays(662, scales=(1e-3, 1.0, 6.0)), np.array(0.7), np.array([-12.0, -20.0])):
        for n_real, n_fake in ((20, 50), (700, 30)):
            expected = np.exp(logits) * n_fake / n_real
            student(logits, n_real, n_fake).close(expected, _by_bayes(n_real, n_fake), atol=0)


def _by_bayes(n_real: int, n_fake: int) -> str:
    return (
        f"with {n_real} real and {n_fake} generated examples a logit of 0 means n_real p = n_fake q, and a logit more "
        "by 1 a ratio larger by e. See section 3."
    )


def check_discriminator_network(build_discriminator: Callable[..., Any]) -> None:
    """Shapes and size for one to five numbers; at drawn weights each of them counts, and logits have no bounds."""
    for rng, dim in zip(draws(seed=671, count=4), (1, 2, 3, 5), strict=True):
        network = built(
            build_discriminator,
            "build_discriminator",
            dim,
            inputs=(dim,),
            outputs=(1,),
            most=20_000,
            see="See section 3.",
        )
        x = rng.normal(size=(40, dim)).astype(np.float32)
        network.require_outputs(network.require_steady(671, x), "outputs")
        # A linear function keeps sums; one that is odd or homogeneous, such as tanh or ReLU without biases, does not.
        first, second, both, none = network.at(672, 4, ORDINARY, x, x[::-1].copy(), x + x[::-1], 0 * x)
        if float(np.abs(first + second - both - none).max()) < 1e-3 * np.ptp(first):
            network.fails("is a linear function of its input, expected hidden layers that bend it.")
        _require_any_logit(network, x)
        network.require_inputs(674, x[:8], one_column_changed(x[:8], "input"))


def _require_any_logit(network: Network, x: np.ndarray) -> None:
    """Logits of both signs beyond 1000, at one gain or another; very deep networks overflow at the largest."""
    low, high = network.reach(673, x, -1000, 1000, gains=(1e2, 1e3, 1e4))
    if min(-low.min(), high.max()) < 1000:
        network.fails(
            f"made up to 10000 times as large, gives logits between {brief(low.min())} and {brief(high.max())}, "
            "expected any real numbers: the last layer has no activation."
        )
