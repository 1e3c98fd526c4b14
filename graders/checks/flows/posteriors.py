"""Section 7: exact posteriors and coverage, against the joint Gaussian and counting."""

from collections.abc import Callable
from typing import Any

import numpy as np

from graders.checks.flows.densities import covariance
from graders.checks.ladder import Function, draws


def check_posterior(linear_gaussian_posterior: Callable[..., Any]) -> None:
    """Against the conditional of the joint Gaussian of theta and x: gain K = S A^T (A S A^T + N)^-1, cov S - K A S."""
    student = Function(linear_gaussian_posterior, "linear_gaussian_posterior")
    for rng, (n, m, d) in zip(
        draws(seed=873, count=6), ((1, 1, 1), (3, 2, 2), (4, 5, 2), (2, 3, 3), (5, 2, 4), (6, 6, 1)), strict=True
    ):
        A, x = rng.normal(size=(m, d)), rng.normal(size=(n, m))
        prior, noise = covariance(rng, d), covariance(rng, m)
        gain = prior @ A.T @ np.linalg.inv(A @ prior @ A.T + noise)
        mean, cov = student(x, A, prior, noise).unpack("the means", "the covariance")
        cov.close(
            prior - gain @ A @ prior, "prior and data both count, as inverse covariances. See section 7.", atol=1e-4
        )
        why = "the covariance times A^T times the inverse noise covariance times x"
        mean.close(x @ gain.T, f"{why}. See section 7.", rtol=1e-3, atol=1e-4)


def check_coverage(coverage: Callable[..., Any]) -> None:
    """Against counting one by one; sharp, wide and biased posteriors, and ties with the truth and with levels."""
    student = Function(coverage, "coverage")
    for rng, (k, n, m, spread) in zip(
        draws(seed=874, count=6),
        ((50, 40, 5, 1.0), (9, 100, 3, 0.5), (200, 7, 9, 2.0), (4, 30, 3, 1.0), (1, 3, 2, 1.0), (10, 1, 4, 1.0)),
        strict=True,
    ):
        true, samples = -rng.gamma(1.0, spread, size=n), -rng.gamma(1.0, 1.0, size=(k, n))
        levels = np.sort(rng.uniform(0.03, 0.97, size=m))
        if k in (4, 10):  # ties: levels that are whole fractions, and samples with the density of the truth
            true, samples = np.round(2 * true) / 2, np.round(2 * samples) / 2
            levels = np.array([0.25, 0.5, 0.75]) if k == 4 else np.array([0.1, 0.3, 0.5, 0.9])
        expected = []
        for level in levels:
            inside = 0
            for i in range(n):
                higher = sum(1 for j in range(k) if samples[j, i] > true[i])
                inside += higher / k <= level
            expected.append(inside / n)
        why = "count the simulations whose fraction of samples above the truth is at most the level"
        student(true, samples, levels).close(expected, f"{why}. See section 7.", atol=1e-6)
