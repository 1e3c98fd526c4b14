"""Reads the stamps of this assignment: the simulated ones, or a public data set when your instructor asks for it."""

import csv
import gzip
import hashlib
import importlib
import io
import json
import os
import re
import tarfile
import tomllib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any

import numpy as np

HERE = Path(__file__).parent
SIZE = 48  # pixels of a stamp


class DataError(Exception):
    """A data set cannot be read: what is wrong and what to do, in one sentence."""


@dataclass(frozen=True)
class LensSet:
    """Stamps of galaxies, some of which are strong lenses, with what is known about them.

    Attributes:
        images: (n, s, s) float32, electrons per second.
        labels: (n,) int8, 1 = lens, 0 = not.
        objects: (n,) int64, which object on the sky: some were imaged twice.
        part: (n,) str, "train", "valid" or "test": the split that ships with the data, by object.
        theta_E: (n,) float32, Einstein radius in arcsec; nan where there is no lens or it is not known.
        snr: (n,) float32, signal to noise of the arcs; nan where there is no lens or it is not known.
        kind: (n,) str, what the object is.
        pixel_scale: arcsec per pixel.
        noise: standard deviation of an empty pixel, in electrons per second.
        truth: further columns, each (n,), by name.
        about: where the data come from, with the units of the columns.
    """

    images: np.ndarray
    labels: np.ndarray
    objects: np.ndarray
    part: np.ndarray
    theta_E: np.ndarray
    snr: np.ndarray
    kind: np.ndarray
    pixel_scale: float
    noise: float
    truth: dict[str, np.ndarray] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.images)


COLUMNS = ("labels", "objects", "part", "theta_E", "snr", "kind")


def load_lenses(name: str | None = None, folder: Path | str | None = None, limit: int = 5600) -> LensSet:
    """Loads a data set.

    Args:
        name: which one, or the path of a larger simulated file, .npz; by default that of the environment variable
            COURSE_LENSES, or else "simulated".
        folder: where its files are; by default beside this module, or, for a download, in pooch's cache.
        limit: of a public data set, at most this many stamps, chosen by lot, always the same.

    Raises:
        DataError: in one sentence.
    """
    name = name or os.environ.get("COURSE_LENSES") or "simulated"
    if name == "simulated":
        return load_simulated(Path(folder or HERE))
    if name.endswith(".npz"):
        if not Path(name).is_file():
            raise DataError(f"There is no file {name}: correct the path, or run `course simulate lenses-large`.")
        return read_lenses(Path(name))
    if name not in READERS:
        raise DataError(f'There is no data set "{name}"; known are: {", ".join(["simulated", *READERS])}.')
    entry = tomllib.loads((HERE / "real_data.toml").read_text(encoding="utf-8"))[name]
    return READERS[name](fetch(name, entry, folder), limit).as_set({"name": name, **entry})


# --- the simulated stamps ---------------------------------------------------------------------------------------------


def load_simulated(folder: Path) -> LensSet:
    """The stamps that were simulated for this assignment, lenses.npz, once their checksum is verified."""
    path, checksum = folder / "lenses.npz", folder / "lenses.sha256"
    for needed in (path, checksum):
        if not needed.is_file():
            raise DataError(f"{needed} is missing: fetch the folder of this assignment again.")
    if hashlib.sha256(path.read_bytes()).hexdigest() != checksum.read_text().partition(" ")[0]:
        raise DataError(f"{path} is damaged (its checksum is not the one in {checksum.name}): fetch it again.")
    return read_lenses(path)


def read_lenses(path: Path) -> LensSet:
    """Reads one file as `simulations.storage.save_lenses` writes it, without a look at its checksum."""
    with np.load(path, allow_pickle=False) as file:
        return LensSet(
            images=unpack(file["pixels"]) * np.float32(file["step"]),
            **{name: file[name] for name in COLUMNS},
            pixel_scale=float(file["pixel_scale"]),
            noise=float(file["noise"]),
            truth={key.removeprefix("truth/"): file[key] for key in file.files if key.startswith("truth/")},
            about=json.loads(str(file["about"])),
        )


def unpack(planes: np.ndarray) -> np.ndarray:
    """The whole numbers (n, s, s) that `simulations.storage.pack` made into two planes of bytes."""
    folded = planes[0] + planes[1].astype(np.uint16) * 256
    steps = (folded >> 1).astype(np.int16) ^ -(folded & 1).astype(np.int16)
    return np.cumsum(steps, axis=-1, dtype=np.int16)


# --- public data sets (docs/real-data.md in the repository of the course) ---------------------------------------------


def need(package: str) -> Any:
    """Imports a package that only public data sets need."""
    try:
        return importlib.import_module(package)
    except ImportError:
        top = package.partition(".")[0]
        raise DataError(f'Public data sets need the package {top}: install it with "pip install {top}".') from None


def fetch(name: str, entry: dict[str, str], folder: Path | str | None) -> Path:
    """The file of a data set, downloaded unless it is there, its checksum verified."""
    pooch = need("pooch")
    url, expected = entry["url"], entry["sha256"].lower()
    if not expected:
        raise DataError(f'No checksum of "{name}" is known yet: your instructor writes it into real_data.toml.')
    try:
        file = pooch.retrieve(
            url,
            known_hash=f"sha256:{expected}",
            fname=PurePosixPath(url).name,
            path=folder or pooch.os_cache("deep-learning-for-cosmology"),
        )
    except ValueError:
        raise DataError(f"{url} is not the file that real_data.toml describes: its checksum differs.") from None
    except OSError as error:
        raise DataError(
            f"{url} cannot be downloaded ({type(error).__name__}): try later, or ask your instructor."
        ) from None
    return Path(file)


def lot(*key: object) -> float:
    """A number from 0 to 1 drawn by lot for this key, always the same."""
    digest = hashlib.sha256("/".join(map(str, key)).encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def drawn(keys: Sequence[object], limit: int) -> list[int]:
    """Positions, in order, of at most `limit` keys drawn by lot."""
    return sorted(sorted(range(len(keys)), key=lambda i: (lot("draw", keys[i]), i))[:limit])


def shrink(images: np.ndarray, factor: int) -> np.ndarray:
    """The middle of images (…, a, b), `factor` x `factor` pixels added up into one of SIZE x SIZE."""
    side = SIZE * factor
    top, left = ((length - side) // 2 for length in images.shape[-2:])
    if min(top, left) < 0:
        raise DataError(f"Images of {images.shape[-2]} x {images.shape[-1]} pixels are too small: {side} are needed.")
    middle = images[..., top : top + side, left : left + side]
    return middle.reshape(*images.shape[:-2], SIZE, factor, SIZE, factor).sum(axis=(-3, -1), dtype=np.float32)


@dataclass
class Stamps:
    """What the reader of a public data set found; an object is known by its key."""

    images: np.ndarray
    labels: np.ndarray
    keys: list[object]
    kind: np.ndarray
    pixel_scale: float
    truth: dict[str, np.ndarray]
    units: dict[str, str]

    def as_set(self, about: dict[str, Any]) -> LensSet:
        """With the sky subtracted, its noise measured in the corners of the stamps, and a split by object."""
        edge = SIZE // 8
        rows = np.concatenate([self.images[:, :edge], self.images[:, -edge:]], axis=1)
        corners = np.concatenate([rows[..., :edge], rows[..., -edge:]], axis=2).reshape(len(self.images), -1)
        sky = np.median(corners, axis=1, keepdims=True)
        noise = float(np.median(1.4826 * np.median(np.abs(corners - sky), axis=1)))
        if not noise > 0:
            raise DataError(
                f'The corners of the stamps of "{about["name"]}" show no noise: it is not the file expected.'
            )
        chance = np.array([lot("part", key) for key in self.keys])
        unknown = np.full(len(self.images), np.nan, dtype=np.float32)
        return LensSet(
            images=self.images - sky[..., np.newaxis],
            labels=self.labels.astype(np.int8),
            objects=np.unique(np.array(self.keys), return_inverse=True)[1].astype(np.int64),
            part=np.select([chance < 0.7, chance < 0.85], ["train", "valid"], "test"),
            theta_E=unknown,
            snr=unknown.copy(),
            kind=self.kind,
            pixel_scale=self.pixel_scale,
            noise=noise,
            truth=self.truth,
            about={**about, "units": {"pixel_scale": "arcsec", **self.units}},
        )


MASKED = 100.0  # pixels that the ground-based challenge masked


def members(stream: IO[bytes], wanted: re.Pattern[str]) -> Iterator[tuple[str, bytes]]:
    """Name and content of the files wanted in a .tar.gz, and in those inside it; nothing is unpacked to disk."""
    with gzip.open(stream) as plain:
        with tarfile.open(fileobj=plain, mode="r|") as archive:
            for member in archive:
                name = PurePosixPath(member.name)
                if name.is_absolute() or ".." in name.parts:
                    raise DataError(f"The archive holds {member.name}, outside of its own folder: do not use it.")
                if not member.isfile() or "private" in member.name.lower():
                    continue
                if name.name.endswith(".tar.gz"):
                    yield from members(archive.extractfile(member), wanted)
                elif wanted.fullmatch(name.name) and member.size < 2**24:
                    yield name.name, archive.extractfile(member).read()
        while plain.read(2**20):  # To the end: a file that was cut says so there only.
            pass


def catalogue(text: str) -> dict[int, dict[str, float]]:
    """The table of the challenge by object: its columns is_lens, Einstein_area …"""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    try:
        rows = [{key.strip(): float(value) for key, value in row.items()} for row in csv.DictReader(lines)]
        table = {int(row.pop("ID")): row for row in rows}
        if not table or not all(row["is_lens"] in (0, 1) for row in rows):
            raise ValueError
    except (KeyError, ValueError, TypeError, AttributeError):
        raise DataError("classifications.csv is not a table of numbers with columns ID and is_lens (0 or 1).") from None
    return table


def lens_challenge(path: Path, limit: int, pattern: str, pixel: float, factor: int) -> Stamps:
    """A training set of the lens-finding challenge (Metcalf et al. 2019): stamps of 101 x 101 pixels and a table.

    Args:
        path: the archive, as published.
        limit: at most this many stamps.
        pattern: of the file names of the band that is read; its group is the object.
        pixel: of the stamps, in arcsec.
        factor: how many pixels, along each axis, are added up into one.
    """
    fits = need("astropy.io.fits")
    table, stamps = {}, {}
    try:
        with path.open("rb") as file:
            for name, content in members(file, re.compile(rf"classifications\.csv|{pattern}")):
                if name == "classifications.csv":
                    table = catalogue(content.decode())
                else:
                    image = np.nan_to_num(fits.getdata(io.BytesIO(content)).astype(np.float32))
                    image[image == MASKED] = 0.0
                    stamps[int(re.fullmatch(pattern, name)[1])] = shrink(image, factor)
    except (OSError, EOFError, zlib.error, tarfile.TarError, ValueError, AttributeError) as error:
        raise DataError(f"{path} is cut, damaged or no archive of the challenge ({type(error).__name__}).") from None
    found = sorted(table.keys() & stamps.keys())
    if len(found) < max(1, 0.99 * len(table)):
        raise DataError(
            f"{path} has stamps of only {len(found)} of the {len(table)} objects in its classifications.csv."
        )
    ids = [found[i] for i in drawn(found, limit)]
    labels = np.array([table[i]["is_lens"] for i in ids])
    others = [column for column in table[ids[0]] if column != "is_lens"]
    return Stamps(
        images=np.stack([stamps[i] for i in ids]),
        labels=labels,
        keys=ids,
        kind=np.where(labels == 1, "lens", "other"),
        pixel_scale=pixel * factor,
        truth={column: np.array([table[i][column] for i in ids]) for column in others},
        units={"images": "as published", "labels": "1 = lens"},
    )


GALAXY10 = {2: "round", 3: "in-between", 4: "cigar", 5: "barred spiral", 6: "tight spiral", 7: "loose spiral"}


def galaxy10(path: Path, limit: int, chunk: int = 256) -> Stamps:
    """Galaxy10 DECaLS: it has no lenses, so that label 1 means a spiral (classes 5 to 7), 0 a smooth galaxy (2 to 4).

    Images (n, 256, 256, 3) are the colour composites of a sky browser, 0 to 255: bands are averaged, and so are
    5 x 5 pixels. Galaxies that are in the file twice, at the same coordinates, share an object.
    """
    h5py = need("h5py")
    try:
        with h5py.File(path) as file:
            classes, ra, dec = (file[column][:] for column in ("ans", "ra", "dec"))
            rows = np.flatnonzero(np.isin(classes, list(GALAXY10)))
            keys = [f"{ra[i]:.4f} {dec[i]:.4f}" for i in rows]
            rows = rows[drawn(keys, limit)]
            images = np.empty((len(rows), SIZE, SIZE), dtype=np.float32)
            for start in range(0, len(classes), chunk):  # The whole file would take 3.5 GB of memory.
                inside = (start <= rows) & (rows < start + chunk)
                if inside.any():
                    block = file["images"][start : start + chunk][rows[inside] - start]
                    images[inside] = shrink(block.mean(axis=-1, dtype=np.float32), 5) / 25
            scale = file["pxscale"][:][rows]
    except (OSError, KeyError, ValueError, IndexError) as error:
        raise DataError(f"{path} is not the file of Galaxy10 DECaLS ({type(error).__name__}).") from None
    seen = np.ptp(images, axis=(1, 2)) > 0  # A few images are blank.
    rows, scale = rows[seen], scale[seen]
    if not len(rows):
        raise DataError(f"{path} has no spiral and no smooth galaxy.")
    return Stamps(
        images=images[seen],
        labels=classes[rows] >= 5,
        keys=[f"{ra[i]:.4f} {dec[i]:.4f}" for i in rows],
        kind=np.array([GALAXY10[c] for c in classes[rows].tolist()]),
        pixel_scale=5 * float(np.median(scale)),
        truth={"pixel_scale": 5 * scale, "ra": ra[rows], "dec": dec[rows]},
        units={"images": "0 to 255, mean of the bands", "labels": "1 = spiral, 0 = smooth galaxy"},
    )


# Stamps of the challenge show 9.6 arcsec at 0.2 arcsec a pixel, from space as from the ground.
READERS = {
    "lens-challenge-space": partial(lens_challenge, pattern=r"imageEUC_VIS-(\d+)\.fits", pixel=0.1, factor=2),
    "lens-challenge-ground": partial(lens_challenge, pattern=r"imageSDSS_R-(\d+)\.fits", pixel=0.2, factor=1),
    "galaxy10-decals": galaxy10,
}
