"""The classes of an argument's domain, one input of each: what a task's text allows, a check draws.

A table rather than a search: each class occurs in every run, by construction, and every student gets the same inputs
(docs/decisions/0014-behaviours.md). A check names the shapes and scales that its task allows.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from graders.checks.ladder import ATOL, draws

SHAPES = ((1,), (7,), (3, 3), (2, 5), (1, 4), (4, 1), (2, 3, 2))
"""One element, an axis, square, not square, a batch of one, a column, three axes."""

SCALES = (1e-9, 1e-3, 1.0, 6.0, 120.0, 1e9)
"""From far below to far above what a network usually holds."""

MANY = 1511
"""More elements than whoever looks at the first thousand sees; a prime, so that no batch of several divides it."""


def arrays(
    seed: int, *, shapes: Sequence[tuple[int, ...]] = SHAPES, scales: Sequence[float] = SCALES, many: bool = True
) -> Iterator[np.ndarray]:
    """Arrays of float64 of both signs, from a seed.

    There is one of each shape; one of each scale, in the shape that comes in the middle, the smaller scales twice; one
    that is not contiguous in memory; and one of `MANY` elements. All with four or more elements hold a zero and a tie.
    """
    (rng,) = draws(seed, count=1)
    middle = shapes[len(shapes) // 2]
    for shape in shapes:
        yield _mixed(rng.uniform(-2, 2, size=shape))
    for scale in (*scales, *(scale for scale in scales if scale < 1)):
        yield _mixed(scale * rng.uniform(-1, 1, size=middle))
    yield _mixed(rng.uniform(-2, 2, size=(4, 3))).T
    if many:
        yield _mixed(rng.uniform(-2, 2, size=MANY))


def _mixed(array: np.ndarray) -> np.ndarray:
    if array.size >= 4:
        array.flat[1], array.flat[2], array.flat[3] = 0.0, -array.flat[3], array.flat[0]
    return array


def tiny(expected: np.ndarray | float) -> float:
    """The absolute error that is allowed beside the relative one, where numbers may be of any scale.

    Single precision is good to 6e-8 of a number, and a sum of numbers to some of those of the largest.
    """
    return ATOL * float(np.max(np.abs(expected), initial=0.0))
