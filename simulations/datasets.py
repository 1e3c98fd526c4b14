"""The data files of the course: what is in each, the seed it is made from, and where it lies."""

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_val_predict
from threadpoolctl import threadpool_limits

from simulations import blends, displacement, galaxies, halos, instrument
from simulations.lenses import KINDS, Observed, observe_many
from simulations.statistics import radial_profiles, statistics
from simulations.storage import save_blends, save_boxes, save_galaxies, save_halo_boxes, save_lenses

VERSION = 1
UNITS = {
    "images": "electrons per second",
    "theta_E": "arcsec",
    "pixel_scale": "arcsec",
    "noise": "electrons per second",
    "snr": "matched filter on the light around the foreground galaxy",
    "lens_magnitude": "AB",
    "lens_radius": "arcsec",
    "lens_q": "axis ratio",
    "source_magnitude": "AB, before lensing",
    "source_radius": "arcsec, before lensing",
}
TRUTH = ("lens_magnitude", "lens_radius", "lens_q", "source_magnitude", "source_radius")


@dataclass
class Stamps:
    """What `save_lenses` writes: see `LensSet` in source/lenses/lens_data.py."""

    images: np.ndarray
    labels: np.ndarray
    objects: np.ndarray
    part: np.ndarray
    theta_E: np.ndarray
    snr: np.ndarray
    kind: np.ndarray
    truth: dict[str, np.ndarray]
    about: dict[str, Any]
    pixel_scale: float = instrument.PIXEL_SCALE
    noise: float = field(default_factory=instrument.background_sigma)


def make_lenses(seed: int, parts: dict[str, int], imaged_twice: float, processes: int | None = None) -> Stamps:
    """A set of lenses and as many non-lenses, matched in everything that is no shape.

    More non-lenses are drawn than are needed, and as many as there are lenses are kept, by lot, with weights
    p / (1 - p), where p is the probability that a gradient-boosting model of the summary statistics and the radial
    profile gives a lens. After that the model has little left to go by (p / (1 - p) is the ratio of the two
    densities, up to a constant).

    Args:
        seed: of everything.
        parts: the number of objects in each part; half of them are lenses.
        imaged_twice: the fraction of objects with two images.
        processes: at a time; all cores by default.
    """
    lens_seed, other_seed, lottery = np.random.SeedSequence(seed).spawn(3)
    rng = np.random.default_rng(lottery)
    number = sum(parts.values()) // 2
    pool = 3 * number
    times = [2 if again else 1 for again in rng.random(number + pool) < imaged_twice]
    others = [KINDS[1 + k % (len(KINDS) - 1)] for k in range(pool)]
    lenses = observe_many(["lens"] * number, times[:number], lens_seed, processes, "lenses    ")
    candidates = observe_many(others, times[number:], other_seed, processes, "non-lenses")
    objects = [*lenses, *_matched(lenses, candidates, rng)]

    columns = _columns(objects, number)
    columns["part"] = np.tile(np.repeat(list(parts), [count // 2 for count in parts.values()]), 2)
    columns["objects"] = rng.permutation(2 * number) + 1000
    rows = np.repeat(np.arange(2 * number), [len(seen.images) for seen in objects])  # one for each image
    # Fields are read out one after the other: within lenses and non-lenses, the two images of an object lie apart.
    order = np.lexsort((rng.random(len(rows)), rows >= number))
    return Stamps(
        images=np.concatenate([seen.images for seen in objects])[order],
        **{key: values[rows[order]] for key, values in columns.items()},
        truth={key: values[rows[order]] for key, values in _truth(objects, number).items()},
        about={"units": UNITS, "seed": seed, "version": VERSION, "instrument": "Euclid-VIS-like, four exposures"},
    )


def _columns(objects: list[Observed], lenses: int) -> dict[str, np.ndarray]:
    """What is known of each object, of which the first ones are lenses; a non-lens has no radius and no SNR."""
    unlensed = np.arange(len(objects)) >= lenses
    return {
        "labels": np.where(unlensed, 0, 1),
        "theta_E": np.where(unlensed, np.nan, [seen.system.theta_E for seen in objects]),
        "snr": np.where(unlensed, np.nan, [seen.snr for seen in objects]),
        "kind": np.array([seen.system.kind for seen in objects]),
    }


def _truth(objects: list[Observed], lenses: int) -> dict[str, np.ndarray]:
    """The parameters of each object; a non-lens has no source."""
    truth = {key: np.array([getattr(seen.system, key) for seen in objects], dtype=np.float32) for key in TRUTH}
    for key in ("source_magnitude", "source_radius"):
        truth[key][lenses:] = np.nan
    return truth


def _matched(lenses: list[Observed], candidates: list[Observed], rng: np.random.Generator) -> list[Observed]:
    images = np.stack([seen.images[0] for seen in [*lenses, *candidates]])
    labels = np.repeat([1, 0], [len(lenses), len(candidates)])
    noise = instrument.background_sigma()
    numbers = np.stack(list(statistics(images).values()), axis=1)
    features = np.hstack([numbers, np.arcsinh(radial_profiles(images) / noise)])
    model = HistGradientBoostingClassifier(max_iter=100, learning_rate=0.06, l2_regularization=1.0, random_state=0)
    with threadpool_limits(1):  # more threads than free cores make it slow
        p = cross_val_predict(model, features, labels, cv=5, method="predict_proba")[labels == 0, 1]
    weights = np.clip(p / (1 - p), 0.05, 20.0)
    # The largest of u^(1/w) are a weighted lot without replacement (Efraimidis & Spirakis 2006).
    keys = np.log(rng.random(len(weights))) / weights
    kept = np.sort(np.argsort(keys)[-len(lenses) :])
    return [candidates[index] for index in rng.permutation(kept)]


GALAXY_UNITS = {
    "images": "electrons per second",
    "noise": "electrons per second",
    "exposure": "s",
    "pixel_scale": "arcsec",
    "magnitude": "AB",
    "half_light_radius": "arcsec, geometric mean of both axes",
    "bulge_fraction": "share of the light",
    "e1": "(1 - q) / (1 + q) cos 2 phi",
    "e2": "(1 - q) / (1 + q) sin 2 phi",
    "x": "arcsec from the centre of the stamp",
    "y": "arcsec from the centre of the stamp",
    "snr": "matched filter",
}


@dataclass
class Galaxies:
    """What `save_galaxies` writes: images (n, s, s) in electrons per second, parts and truth by row."""

    images: np.ndarray
    part: np.ndarray
    truth: dict[str, np.ndarray]
    about: dict[str, Any]
    pixel_scale: float = instrument.PIXEL_SCALE
    noise: float = field(default_factory=instrument.background_sigma)


def make_galaxies(
    seed: int, parts: dict[str, int], magnitudes: tuple[float, float], processes: int | None = None
) -> Galaxies:
    """Single galaxies in stamps of 32 x 32 pixels, with their truth.

    Args:
        seed: of everything.
        parts: the number of galaxies in each part.
        magnitudes: brightest and faintest, AB.
        processes: at a time; all cores by default.
    """
    images, truth = galaxies.simulate(sum(parts.values()), 32, seed, processes, magnitudes=magnitudes)
    about = {
        "units": GALAXY_UNITS,
        "seed": seed,
        "version": VERSION,
        "exposure": instrument.TOTAL_TIME,
        "instrument": "Euclid-VIS-like, four exposures",
    }
    return Galaxies(images, np.repeat(list(parts), list(parts.values())), truth, about)


BLEND_UNITS = {
    "images": "standard deviations of the noise of a pixel",
    "flux": "the same, summed over all pixels",
    "half_light_radius": "pixels, geometric mean of both axes",
    "q": "axis ratio",
    "angle": "radians from the x axis",
    "x": "pixels from the centre of the stamp",
    "y": "pixels from the centre of the stamp",
}


@dataclass
class Blends:
    """What `save_blends` writes: images (n, s, s), noiseless stamps (n, 2, s, s), parts, and truth (n, 2) by name."""

    images: np.ndarray
    clean: np.ndarray
    part: np.ndarray
    truth: dict[str, np.ndarray]
    about: dict[str, Any]
    pixel_scale: float = 1.0  # everything is in pixels and
    noise: float = 1.0  # in units of the noise


def make_blends(seed: int, parts: dict[str, int]) -> Blends:
    """Blends of two galaxies in stamps of 32 x 32 pixels, with the light of each.

    Args:
        seed: of everything.
        parts: the number of blends in each part.
    """
    images, clean, truth = blends.simulate(sum(parts.values()), seed)
    about = {"units": BLEND_UNITS, "seed": seed, "version": VERSION, "psf": f"Gaussian, sigma {blends.PSF} pixels"}
    return Blends(images, clean, np.repeat(list(parts), list(parts.values())), truth, about)


BOX_UNITS = {
    "delta": "linear density contrast at a = 1",
    "first": "displacement at a = 1 by Zel'dovich, in cells",
    "psi": "displacement at a = 1, in cells",
}


@dataclass
class Boxes:
    """What `save_boxes` writes: what `displacement.simulate` gives, by part."""

    parts: dict[str, dict[str, np.ndarray]]
    about: dict[str, Any]


def make_boxes(seed: int, parts: dict[str, tuple[int, int, float]]) -> Boxes:
    """Periodic boxes of particles that gravity has displaced.

    Args:
        seed: of everything.
        parts: for each the number of boxes, the cells along an axis, and the amplitude in units of the usual one.
    """
    seeds = np.random.SeedSequence(seed).generate_state(len(parts))
    made = {
        name: displacement.simulate(n, int(own), side, amplitude * displacement.RMS)
        for own, (name, (n, side, amplitude)) in zip(seeds, parts.items(), strict=True)
    }
    about = {"units": BOX_UNITS, "seed": seed, "version": VERSION, "rms": displacement.RMS, "slope": displacement.SLOPE}
    return Boxes(made, about)


@dataclass
class HaloBoxes:
    """What `save_halo_boxes` writes: densities (n, s, s, s), balls (number, 4) of each, and parts."""

    density: np.ndarray
    halos: list[np.ndarray]
    part: np.ndarray
    about: dict[str, Any]


def make_halo_boxes(seed: int, parts: dict[str, int]) -> HaloBoxes:
    """Periodic boxes of 32 x 32 x 32 cells, with the balls that become halos.

    Args:
        seed: of everything.
        parts: the number of boxes in each part.
    """
    density, found = halos.simulate(sum(parts.values()), seed)
    units = {"density": "linear density contrast today", "halos": "centre and radius in cells"}
    about = {"units": units, "seed": seed, "version": VERSION, "critical": halos.CRITICAL, "radii": halos.RADII}
    return HaloBoxes(density, found, np.repeat(list(parts), list(parts.values())), about)


@dataclass(frozen=True)
class Dataset:
    """A data file: where it lies in the course, how it is made, what writes it, and where else it lies."""

    path: str
    make: Callable[[int | None], Any]
    committed: bool = True
    save: Callable[[Path, Any], str] = save_lenses
    copies: tuple[str, ...] = ()  # each release holds the files that its notebook needs


DATASETS = {
    "lenses": Dataset(
        "source/lenses/lenses.npz",
        lambda processes: make_lenses(20261123, {"train": 4400, "valid": 560, "test": 840}, 0.08, processes),
    ),
    # Graded on, never released.
    "lenses-heldout": Dataset(
        "graders/data/lenses.npz",
        lambda processes: make_lenses(20261124, {"heldout": 2000}, 0.0, processes),
    ),
    # For the GPU setting; not in the repository.
    "lenses-large": Dataset(
        "data/lenses_large.npz",
        lambda processes: make_lenses(20261125, {"train": 60_000, "valid": 4000, "test": 4000}, 0.08, processes),
        committed=False,
    ),
    "galaxies": Dataset(
        "source/vae/galaxies.npz",
        lambda processes: make_galaxies(20261201, {"train": 4600, "valid": 400, "test": 600}, (21.0, 23.0), processes),
        save=save_galaxies,
        # The last one tells which galaxies a generator has copied, whatever a notebook says of them.
        copies=("source/diffusion/galaxies.npz", "graders/data/galaxies_released.npz"),
    ),
    # Graded on, never released.
    "galaxies-heldout": Dataset(
        "graders/data/galaxies.npz",
        lambda processes: make_galaxies(20261202, {"heldout": 2000}, (21.0, 23.0), processes),
        save=save_galaxies,
    ),
    "blends": Dataset(
        "source/deblending/blends.npz",
        lambda processes: make_blends(20261211, {"train": 2000, "test": 400}),
        save=save_blends,
    ),
    # Graded on, never released.
    "blends-heldout": Dataset(
        "graders/data/blends.npz",
        lambda processes: make_blends(20261212, {"heldout": 600}),
        save=save_blends,
    ),
    "boxes": Dataset(
        "source/displacement/boxes.npz",
        lambda processes: make_boxes(
            20261221, {"train": (200, 32, 1.0), "test": (40, 32, 1.0), "strong": (20, 32, 1.5), "large": (5, 64, 1.0)}
        ),
        save=save_boxes,
    ),
    # Graded on, never released.
    "boxes-heldout": Dataset(
        "graders/data/boxes.npz",
        lambda processes: make_boxes(20261222, {"heldout": (100, 32, 1.0)}),
        save=save_boxes,
    ),
    "halo-boxes": Dataset(
        "source/halos/halo_boxes.npz",
        lambda processes: make_halo_boxes(20261221, {"train": 48, "test": 12}),
        save=save_halo_boxes,
    ),
    # Graded on, never released.
    "halo-boxes-heldout": Dataset(
        "graders/data/halo_boxes.npz",
        lambda processes: make_halo_boxes(20261222, {"heldout": 24}),
        save=save_halo_boxes,
    ),
}


def write(name: str, root: Path, processes: int | None = None) -> str:
    """Makes a data file and its copies; returns its SHA-256, which is written beside each too."""
    dataset = DATASETS[name]
    path = root / dataset.path
    digest = dataset.save(path, dataset.make(processes))
    checksum = path.with_suffix(".sha256").read_text(encoding="utf-8")
    for copy in (root / copy for copy in dataset.copies):
        shutil.copyfile(path, copy)
        copy.with_suffix(".sha256").write_text(checksum.replace(path.name, copy.name), encoding="utf-8")
    return digest


def checksum_holds(name: str, root: Path) -> bool:
    """Whether a data file and its copies are there and are those whose SHA-256 was written beside the first."""
    dataset = DATASETS[name]
    checksum = (root / dataset.path).with_suffix(".sha256")
    files = [root / path for path in (dataset.path, *dataset.copies)]
    if not (checksum.is_file() and all(file.is_file() for file in files)):
        return False
    expected = checksum.read_text(encoding="utf-8").split()[0]
    return all(hashlib.sha256(file.read_bytes()).hexdigest() == expected for file in files)
