"""Writes simulated stamps compactly, in the format that the notebooks read."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

STEPS_PER_SIGMA = 2  # Rounding to half the noise adds 1% to it: a variance of 1/12 step^2.
FINE_STEPS_PER_SIGMA = 4  # Where likelihoods are computed: 0.5% of the variance.
STEPS_OF_LIGHT = 8  # Where the faint light of noiseless stamps counts, too.


def pack(pixels: np.ndarray) -> np.ndarray:
    """Whole numbers, int16 (n, s, s), as bytes (2, n, s, s) that compress well; `lens_data.unpack` undoes it.

    Differences along a row are small; folding their sign into the last bit (0, -1, 1, -2 … become 0, 1, 2, 3 …)
    leaves next to nothing in the upper bytes. Stamps of the assignment take 22% less than plain int16.
    """
    steps = np.diff(pixels, axis=-1, prepend=np.int16(0))
    folded = ((steps << 1) ^ (steps >> 15)).view(np.uint16)
    return np.stack([folded & 255, folded >> 8]).astype(np.uint8)


def in_steps(images: np.ndarray, step: float) -> np.ndarray:
    """Pixels as whole numbers of steps, int16.

    Raises:
        ValueError: where a pixel is nan or does not fit into 16 bits.
    """
    pixels = np.rint(np.asarray(images, dtype=np.float64) / step)
    if not np.all(np.abs(pixels) <= np.iinfo(np.int16).max):
        raise ValueError(
            f"Pixels are nan or beyond ±{np.iinfo(np.int16).max * step:.4g} electrons/s, the largest value that "
            f"16 bits hold in steps of {step:.4g}."
        )
    return pixels.astype(np.int16)


def write_archive(path: Path, pixels: np.ndarray, step: float, stamps: Any, columns: dict[str, np.ndarray]) -> str:
    """Writes pixels and a catalogue, and beside them the checksum; the same content makes the same bytes.

    Args:
        path: the file to write, `<stem>.npz`; the checksum goes to `<stem>.sha256`.
        pixels: as they are stored, in units of the step.
        step: in electrons per second.
        stamps: has `images`, `noise`, `pixel_scale` and `about`.
        columns: the catalogue, one entry a stamp.

    Returns:
        The SHA-256 of the file.

    Raises:
        ValueError: if a column has not one entry a stamp.
    """
    number = len(stamps.images)
    if wrong := [name for name, values in columns.items() if values.shape != (number,)]:
        raise ValueError(f"There are {number} stamps, but not as many entries in: {', '.join(wrong)}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        pixels=pixels,
        step=np.float64(step),
        noise=np.float64(stamps.noise),
        pixel_scale=np.float64(stamps.pixel_scale),
        about=np.str_(json.dumps(stamps.about, sort_keys=True, ensure_ascii=False)),
        **columns,
    )
    return _write_checksum(path)


def save_lenses(path: Path, lenses: Any) -> str:
    """Writes stamps and their catalogue, and beside them the checksum that `load_lenses` verifies.

    The file is a compressed NumPy archive: `pixels` (packed, in units of `step`), `step` and `noise` (electrons per
    second), `pixel_scale` (arcsec), one array a column of the catalogue, `truth/<name>` for further ones, and
    `about`, a JSON text. The same stamps make the same bytes, given the same NumPy and zlib.

    Args:
        path: the file to write, `<stem>.npz`; the checksum goes to `<stem>.sha256`.
        lenses: has the attributes of `LensSet` (source/lenses/lens_data.py).

    Returns:
        The SHA-256 of the file.
    """
    step = lenses.noise / STEPS_PER_SIGMA
    pixels = in_steps(lenses.images, step)
    columns = {
        "labels": np.asarray(lenses.labels, dtype=np.int8),
        "objects": np.asarray(lenses.objects, dtype=np.int64),
        "part": np.asarray(lenses.part, dtype=np.str_),
        "theta_E": np.asarray(lenses.theta_E, dtype=np.float32),
        "snr": np.asarray(lenses.snr, dtype=np.float32),
        "kind": np.asarray(lenses.kind, dtype=np.str_),
        **{f"truth/{name}": np.asarray(values) for name, values in lenses.truth.items()},
    }
    return write_archive(path, pack(pixels), step, lenses, columns)


def save_galaxies(path: Path, galaxies: Any) -> str:
    """Writes stamps of galaxies and their truth, and beside them the checksum; `numpy.load` is all a reader needs.

    The file is a compressed NumPy archive: `pixels` (int16, in units of `step`), `step` and `noise` (electrons per
    second), `pixel_scale` (arcsec), `part`, `truth/<name>` for each column of the truth, and `about`, a JSON text.

    Args:
        path: the file to write, `<stem>.npz`; the checksum goes to `<stem>.sha256`.
        galaxies: a `simulations.datasets.Galaxies`.

    Returns:
        The SHA-256 of the file.
    """
    step = galaxies.noise / FINE_STEPS_PER_SIGMA
    columns = {
        "part": np.asarray(galaxies.part, dtype=np.str_),
        **{f"truth/{name}": np.asarray(values, dtype=np.float32) for name, values in galaxies.truth.items()},
    }
    return write_archive(path, in_steps(galaxies.images, step), step, galaxies, columns)


def save_blends(path: Path, blends: Any) -> str:
    """Writes blends of two galaxies and their truth, and beside them the checksum; `numpy.load` is all a reader needs.

    The file is a compressed NumPy archive: `pixels` (int16, in units of `step`), of shape (3, n, s, s), holds the
    images and the noiseless stamps of the central galaxies and of the companions; `step` and `noise` (in units of the
    noise), `pixel_scale` (in pixels), `part`, `truth/<name>_central` and `truth/<name>_companion`, and `about`, a JSON
    text.

    Args:
        path: the file to write, `<stem>.npz`; the checksum goes to `<stem>.sha256`.
        blends: a `simulations.datasets.Blends`.

    Returns:
        The SHA-256 of the file.
    """
    step = blends.noise / STEPS_OF_LIGHT
    columns = {
        "part": np.asarray(blends.part, dtype=np.str_),
        **{
            f"truth/{name}_{which}": np.asarray(values[:, place], dtype=np.float32)
            for name, values in blends.truth.items()
            for place, which in enumerate(("central", "companion"))
        },
    }
    pixels = in_steps(np.stack([blends.images, *np.moveaxis(blends.clean, 1, 0)]), step)
    return write_archive(path, pixels, step, blends, columns)


def save_boxes(path: Path, boxes: Any) -> str:
    """Writes fields and displacements of periodic boxes, and beside them the checksum; NumPy reads the file.

    The file is a compressed NumPy archive: for each part, `<part>/delta` (n, s, s), `<part>/first` and `<part>/psi`
    (n, s, s, 2), in cells, all float16; and `about`, a JSON text. The same boxes make the same bytes.

    Args:
        path: the file to write, `<stem>.npz`; the checksum goes to `<stem>.sha256`.
        boxes: a `simulations.datasets.Boxes`.

    Returns:
        The SHA-256 of the file.
    """
    arrays = {
        f"{part}/{name}": np.asarray(values, dtype=np.float16)
        for part, columns in boxes.parts.items()
        for name, values in columns.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, about=np.str_(json.dumps(boxes.about, sort_keys=True, ensure_ascii=False)), **arrays)
    return _write_checksum(path)


def save_halo_boxes(path: Path, boxes: Any) -> str:
    """Writes boxes of density and the balls in them, and beside them the checksum; `numpy.load` is all a reader needs.

    The file is a compressed NumPy archive: `density` (float16), of shape (n, s, s, s); `part`; `halos`, of shape
    (number, 5), with the number of the box, the centre and the radius in cells; and `about`, a JSON text.

    Args:
        path: the file to write, `<stem>.npz`; the checksum goes to `<stem>.sha256`.
        boxes: a `simulations.datasets.HaloBoxes`.

    Returns:
        The SHA-256 of the file.
    """
    rows = [np.column_stack([np.full(len(balls), box), balls]) for box, balls in enumerate(boxes.halos)]
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        density=np.asarray(boxes.density, dtype=np.float16),
        part=np.asarray(boxes.part, dtype=np.str_),
        halos=np.concatenate(rows).astype(np.float32),
        about=np.str_(json.dumps(boxes.about, sort_keys=True, ensure_ascii=False)),
    )
    return _write_checksum(path)


def _write_checksum(path: Path) -> str:
    """Writes the SHA-256 of a file beside it, and returns it."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_suffix(".sha256").write_text(f"{digest}  {path.name}\n")
    return digest
