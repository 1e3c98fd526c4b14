"""Inputs of networks, and the same with one part changed: what a network looks at, and how far."""

import itertools

import numpy as np


def one_column_changed(x: np.ndarray, what: str) -> list[tuple[str, np.ndarray]]:
    """For inputs (n, d): the same with one of the columns far away, each by its name."""
    changed = []
    for column in range(x.shape[1]):
        other = x.copy()
        other[:, column] += 3.0
        changed.append((f"{what} {column}", other))
    return changed


def _some_changed(x: np.ndarray, parts: dict[str, tuple[slice, slice]], rng: np.random.Generator) -> list:
    """Images x (n, h, w, c), and the same with other pixels in some of the rows and columns, by their names."""
    changed = []
    for where, (rows, columns) in parts.items():
        other = x.copy()
        some = other[:, rows, columns]
        some += rng.normal(0, 3, size=some.shape).astype(x.dtype)
        changed.append((f"the image in {where}", other))
    return changed


def one_block_changed(x: np.ndarray, block: int, rng: np.random.Generator) -> list[tuple[str, np.ndarray]]:
    """For images (n, s, s, c): the same with other pixels in one square, each by its place."""
    starts = itertools.product(range(0, x.shape[1], block), range(0, x.shape[2], block))
    return _some_changed(x, {
        f"rows {row} to {row + block - 1} and columns {column} to {column + block - 1}":
        (slice(row, row + block), slice(column, column + block)) for row, column in starts
    }, rng)  # fmt: skip


def every_few_changed(x: np.ndarray, step: int, rng: np.random.Generator) -> list[tuple[str, np.ndarray]]:
    """The same with other pixels in one lattice, as a stride leaves them out: one row and column in so many."""
    return _some_changed(x, {
        f"rows {row}, {row + step}, ... and columns {column}, {column + step}, ...":
        (slice(row, None, step), slice(column, None, step)) for row, column in np.ndindex(step, step)
    }, rng)  # fmt: skip


def first_ones_changed(x: np.ndarray, number: int, rng: np.random.Generator) -> list[tuple[str, np.ndarray]]:
    """The same with other pixels in the first rows, or columns. The last ones may be lost where nothing is padded."""
    every, first = slice(None), slice(number)
    parts = {f"its first {number} rows": (first, every), f"its first {number} columns": (every, first)}
    return _some_changed(x, parts, rng)


def one_pixel_changed(
    rng: np.random.Generator, shape: tuple[int, ...], channels: slice
) -> tuple[np.ndarray, np.ndarray]:
    """Images, and the same with some channels of the pixel in the middle far away, up and down."""
    x = rng.normal(size=(6, *shape)).astype(np.float32)
    other, middle = x.copy(), shape[0] // 2
    push = np.array([-30, 30, -10, 10, 100, -100], dtype=np.float32)[:, None]
    other[:, middle, middle, channels] += push
    return x, other


def extent(differs: np.ndarray) -> int:
    """The longest side of the smallest box around what is true."""
    if not differs.any():
        return 0
    return max(int(np.ptp(places)) + 1 for places in np.nonzero(differs))
