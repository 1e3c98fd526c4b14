"""Section 3: a density ratio, and the network that gives it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special
import scipy.stats

from graders.checks.ladder import Function, draws
from graders.checks.networks import ORDINARY, built, one_column_changed


def check_density_ratio(density_ratio: Callable[..., Any]) -> None:
    """Logits by Bayes' rule from two Gaussians and the sizes of the classes, against the ratio of their densities."""
    student = Function(density_ratio, "density_ratio")
    cases = ((100, 100), (500, 100), (30, 3000), (1, 7), (1000, 250))
    for rng, (n_real, n_fake) in zip(draws(seed=661, count=len(cases)), cases, strict=True):
        x = rng.uniform(-2, 2, size=(8,) if n_real > 99 else (5, 1))
        p = scipy.stats.norm(rng.uniform(-1, 1), rng.uniform(0.8, 1.3)).pdf(x)
        q = scipy.stats.norm(rng.uniform(-1, 1), rng.uniform(0.8, 1.3)).pdf(x)
        real = n_real * p / (n_real * p + n_fake * q)
        student(scipy.special.logit(real), n_real, n_fake).close(
            p / q,
            f"with {n_real} real and {n_fake} generated examples a logit of 0 means n_real p = n_fake q. "
            "See section 3.",
            rtol=1e-3,
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
            network.fails("is a linear function of its input: put hidden layers with an activation before the last.")
        network.require_unbounded(673, x)
        network.require_inputs(674, x[:8], one_column_changed(x[:8], "input"))
