"""The stamps that students read: the format of the released file, and public data sets served here in small."""

import csv
import gc
import gzip
import importlib.util
import io
import json
import sys
import tarfile
import threading
import tomllib
import warnings
from functools import partial
from hashlib import sha256
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from simulations.storage import pack, save_lenses

SOURCE = Path(__file__).parents[1] / "source" / "lenses"


@pytest.fixture(scope="module")
def lens_data() -> ModuleType:
    """The module as a student has it: a file in a folder, not a package."""
    spec = importlib.util.spec_from_file_location("lens_data", SOURCE / "lens_data.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["lens_data"] = module  # dataclasses look it up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch):
    monkeypatch.delenv("COURSE_LENSES", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


# --- the released file ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def simulated(lens_data):
    rng = np.random.default_rng(1)
    n = 120
    images = rng.normal(0, 0.0104, size=(n, 48, 48))
    images += 25 * rng.uniform(size=(n, 1, 1)) * np.exp(-np.hypot(*(np.mgrid[:48, :48] - 23.5)) / 2)
    labels = rng.integers(0, 2, n)
    return lens_data.LensSet(
        images=images.astype(np.float32),
        labels=labels,
        objects=np.arange(n) // 2,
        part=np.where(np.arange(n) < 100, "train", "test"),
        theta_E=np.where(labels, 1.2, np.nan),
        snr=np.where(labels, 40.0, np.nan),
        kind=np.where(labels, "lens", "ring"),
        pixel_scale=0.101,
        noise=0.0104,
        truth={"mass_q": rng.uniform(size=n).astype(np.float32)},
        about={"seed": 7, "units": {"theta_E": "arcsec"}, "by": "Sérsic"},
    )


@pytest.fixture
def released(simulated, tmp_path):
    save_lenses(tmp_path / "lenses.npz", simulated)
    return tmp_path


def test_a_larger_file_is_read_by_its_path(lens_data, released, monkeypatch):
    path = released / "lenses.npz"
    monkeypatch.setenv("COURSE_LENSES", str(path))
    assert len(lens_data.load_lenses()) == 120
    path.unlink()
    with pytest.raises(lens_data.DataError, match="course simulate lenses-large"):
        lens_data.load_lenses()


def test_a_file_gives_back_what_was_saved(lens_data, simulated, released):
    read = lens_data.load_lenses(folder=released)
    step = simulated.noise / 2
    assert np.abs(read.images.astype(float) - simulated.images).max() <= step / 2 * (1 + 1e-3)
    for name in lens_data.COLUMNS:
        np.testing.assert_array_equal(getattr(read, name), getattr(simulated, name).astype(getattr(read, name).dtype))
    np.testing.assert_array_equal(read.truth["mass_q"], simulated.truth["mass_q"])
    assert (read.pixel_scale, read.noise, read.about) == (0.101, 0.0104, simulated.about)
    assert (read.images.dtype, read.labels.dtype, read.objects.dtype) == (np.float32, np.int8, np.int64)
    assert (read.theta_E.dtype, read.snr.dtype, read.kind.dtype.kind, read.part.dtype.kind) == (*"ff", *"UU")
    assert len(read) == 120


def test_rounding_hardly_adds_to_the_noise(lens_data, simulated, released):
    read = lens_data.load_lenses(folder=released)
    added = (read.images - simulated.images).std() / simulated.noise
    assert added == pytest.approx(0.5 / np.sqrt(12), rel=0.02)


def test_saving_again_makes_the_same_bytes(lens_data, simulated, released, tmp_path):
    first = (released / "lenses.npz").read_bytes()
    digest = save_lenses(tmp_path / "again" / "lenses.npz", simulated)
    assert digest == sha256(first).hexdigest()
    assert (tmp_path / "again" / "lenses.sha256").read_text() == f"{digest}  lenses.npz\n"
    twice = save_lenses(tmp_path / "twice" / "lenses.npz", lens_data.load_lenses(folder=released))
    assert twice == digest, "what was read and saved again must not drift"


def test_packing_is_exact_for_every_number_of_16_bits(lens_data):
    rng = np.random.default_rng(2)
    pixels = rng.integers(-(2**15), 2**15, size=(30, 6, 8)).astype(np.int16)
    pixels.flat[:4] = -(2**15), 2**15 - 1, -(2**15), 0
    np.testing.assert_array_equal(lens_data.unpack(pack(pixels)), pixels)


def test_the_assignments_noise_takes_little_room():
    noise = np.random.default_rng(3).normal(0, 2, size=(300, 48, 48)).round().astype(np.int16)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, pixels=pack(noise))
    assert buffer.getbuffer().nbytes * 5600 / 300 < 6.6e6


@pytest.mark.parametrize("value", [200.0, -200.0, np.nan, np.inf])
def test_what_16_bits_cannot_hold_is_refused(simulated, tmp_path, value):
    wrong = simulated.images.copy()
    wrong[3, 4, 5] = value
    with pytest.raises(ValueError, match=r"nan or beyond ±170\.4 electrons/s"):
        save_lenses(tmp_path / "lenses.npz", _with(simulated, images=wrong))
    assert not (tmp_path / "lenses.npz").exists()


def test_a_column_of_another_length_is_refused(simulated, tmp_path):
    with pytest.raises(ValueError, match="not as many entries in: snr"):
        save_lenses(tmp_path / "lenses.npz", _with(simulated, snr=simulated.snr[1:]))


def _with(lenses, **changes):
    return type(lenses)(**{**vars(lenses), **changes})


@pytest.mark.parametrize("name", ["lenses.npz", "lenses.sha256"])
def test_a_missing_file_is_told_in_one_sentence(lens_data, released, name):
    (released / name).unlink()
    with pytest.raises(lens_data.DataError, match=rf"{name} is missing: fetch the folder of this assignment again\.$"):
        lens_data.load_lenses(folder=released)


def test_a_damaged_file_is_noticed_before_it_is_read(lens_data, released):
    path = released / "lenses.npz"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(lens_data.DataError, match=r"is damaged .*: fetch it again\.$"):
        lens_data.load_lenses(folder=released)


def test_nothing_is_unpickled(lens_data, tmp_path):
    np.savez(tmp_path / "lenses.npz", pixels=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        lens_data.read_lenses(tmp_path / "lenses.npz")


def test_an_unknown_name_lists_the_known_ones(lens_data, monkeypatch):
    known = "simulated, lens-challenge-space, lens-challenge-ground, galaxy10-decals"
    with pytest.raises(lens_data.DataError, match=rf'no data set "hubble"; known are: {known}\.'):
        lens_data.load_lenses("hubble")
    monkeypatch.setenv("COURSE_LENSES", "euclid")
    with pytest.raises(lens_data.DataError, match=r'no data set "euclid"'):
        lens_data.load_lenses()


def test_only_numpy_is_imported():
    """Students need no package for the simulated stamps that they do not have anyway."""
    tree = (SOURCE / "lens_data.py").read_text(encoding="utf-8")
    roots = {line.split()[1].partition(".")[0] for line in tree.splitlines() if line.startswith(("import ", "from "))}
    assert roots - sys.stdlib_module_names == {"numpy"}


# --- public data sets -------------------------------------------------------------------------------------------------


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A folder, and the address at which a web server on this machine shows it."""
    folder = tmp_path_factory.mktemp("served")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def offer(lens_data, served, tmp_path, monkeypatch):
    """Serves some bytes as a data set that the registry knows; returns a function that loads it."""
    pytest.importorskip("pooch")
    folder, address = served
    monkeypatch.setattr(lens_data, "HERE", tmp_path)

    def offered(name, content, checksum=None, url=None, **options):
        file = f"{tmp_path.name}-{name}.data"
        (folder / file).write_bytes(content)
        entry = {"url": url or f"{address}/{file}", "licence": "none", "citation": "us"}
        entry["sha256"] = sha256(content).hexdigest().upper() if checksum is None else checksum
        lines = [f"{key} = {json.dumps(value)}" for key, value in entry.items()]
        (tmp_path / "real_data.toml").write_text("\n".join([f"[{name}]", *lines]))
        return lens_data.load_lenses(name, folder=tmp_path / "cache", **options)

    return offered


def tar_gz(files):
    """A .tar.gz of contents by name; a content that is a TarInfo goes in as it is."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as archive:
        for name, content in files.items():
            info = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            data = b"" if isinstance(content, tarfile.TarInfo) else content
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def fits_file(image):
    fits = pytest.importorskip("astropy.io.fits")
    buffer = io.BytesIO()
    fits.PrimaryHDU(image.astype(np.float32)).writeto(buffer)
    return buffer.getvalue()


def table(ids, labels):
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["ID", "is_lens", "Einstein_area", "numb_pix_lensed_image", "flux_lensed_image_in_sigma"])
    writer.writerows([i, label, 2e-11 if label else "nan", 50, 900] for i, label in zip(ids, labels, strict=True))
    return buffer.getvalue().encode()


IDS = list(range(100000, 100024))
LABELS = [i % 3 == 0 for i in range(24)]


def challenge(image_name="imageEUC_VIS-{}.fits", rows=None, extra=None, image=None):
    """As the challenge ships it: a table, and two archives in the archive, of public and of private images."""
    rng = np.random.default_rng(4)
    halves = []
    for half in (IDS[:12], IDS[12:]):
        files = {}
        for i in half:
            stamp = rng.normal(0, 2e-12, size=(101, 101))
            stamp[50, 50] += (i - 99999) * 1e-10
            files[f"Public/Band1/{image_name.format(i)}"] = fits_file(stamp if image is None else image)
            files[f"Private/Band1/NoSourceImage/{image_name.format(i)}"] = fits_file(np.full((101, 101), 9.0))
        halves.append(tar_gz(files))
    rows = table(IDS, map(int, LABELS)) if rows is None else rows
    return tar_gz(
        {
            "Training/README": b"Read me.",
            "Training/Data.0.tar.gz": halves[0],
            "Training/classifications.csv": rows,
            "Training/Data.1.tar.gz": halves[1],
            **(extra or {}),
        }
    )


@pytest.fixture(scope="module")
def space():
    return challenge()


def test_the_space_based_challenge(lens_data, offer, space):
    read = offer("lens-challenge-space", space)
    assert read.images.shape == (24, 48, 48)
    assert read.images.dtype == np.float32
    np.testing.assert_array_equal(read.labels, LABELS)
    np.testing.assert_array_equal(read.objects, np.arange(24))
    np.testing.assert_array_equal(read.kind, np.where(LABELS, "lens", "other"))
    assert read.pixel_scale == pytest.approx(0.2)
    assert read.noise == pytest.approx(4e-12, rel=0.1), "2 x 2 pixels are added up"
    np.testing.assert_allclose(read.images[:, 24, 24], (np.arange(24) + 1) * 1e-10, atol=3e-11)
    assert np.isnan(read.theta_E).all()
    assert np.isnan(read.snr).all()
    assert np.isnan(read.truth["Einstein_area"][1])
    assert read.about["citation"] == "us"
    assert read.about["units"]["images"] == "as published"


def test_the_ground_based_challenge_reads_the_red_band_and_its_masks(lens_data, offer):
    stamp = np.random.default_rng(5).normal(0, 1, size=(101, 101))
    stamp[50, 50] = 40
    stamp[40:45, 40:45] = 100
    read = offer("lens-challenge-ground", challenge("imageSDSS_R-{}.fits", image=stamp))
    assert read.images.shape == (24, 48, 48)
    assert read.pixel_scale == pytest.approx(0.2)
    assert read.images[0, 24, 24] == read.images[0].max()
    assert read.images[0].max() == pytest.approx(40, abs=1), "the masked pixels are 100"


def test_few_stamps_are_the_same_ones_every_time_and_the_split_is_by_object(lens_data, offer, space):
    everything = offer("lens-challenge-space", space)
    some = offer("lens-challenge-space", space, limit=10)
    again = offer("lens-challenge-space", space, limit=10)
    assert len(some) == 10
    np.testing.assert_array_equal(some.images, again.images)
    position = [int(np.flatnonzero((everything.images == image).all(axis=(1, 2)))[0]) for image in some.images]
    np.testing.assert_array_equal(everything.part[position], some.part)
    assert position != list(range(10)), "drawn by lot, not the first ones"


def test_the_lot_is_even(lens_data):
    chance = np.array([lens_data.lot("part", i) for i in range(4000)])
    assert np.abs(np.sort(chance) - np.linspace(0, 1, 4000)).max() < 0.03  # Kolmogorov-Smirnov: 1 in 1,000


def test_a_second_load_needs_no_server(lens_data, offer, space):
    first = offer("lens-challenge-space", space)
    unreachable = "http://127.0.0.1:9/elsewhere/" + next(Path(lens_data.HERE / "cache").iterdir()).name
    second = offer("lens-challenge-space", space, url=unreachable)
    np.testing.assert_array_equal(first.images, second.images)


def test_the_environment_names_the_data_set(lens_data, offer, space, monkeypatch):
    offer("lens-challenge-space", space)
    monkeypatch.setenv("COURSE_LENSES", "lens-challenge-space")
    assert len(lens_data.load_lenses(folder=lens_data.HERE / "cache")) == 24


def refused(lens_data, sentence, offer, *args, **options):
    with pytest.raises(lens_data.DataError, match=sentence) as error:
        offer(*args, **options)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


def test_a_wrong_checksum(lens_data, offer, space):
    refused(lens_data, "its checksum differs", offer, "lens-challenge-space", space, checksum="0" * 64)
    assert not list((lens_data.HERE / "cache").glob("*")), "nothing is left of it"


def test_no_checksum_nothing_is_fetched(lens_data, offer, space):
    refused(lens_data, "No checksum", offer, "lens-challenge-space", space, checksum="")
    assert not (lens_data.HERE / "cache").exists()


def test_a_server_that_is_down(lens_data, offer, space):
    url = "http://127.0.0.1:9/a.gz"
    refused(lens_data, r"cannot be downloaded \(ConnectionError\)", offer, "lens-challenge-space", space, url=url)


def test_a_server_that_does_not_have_it(lens_data, offer, served, space):
    url = f"{served[1]}/absent.gz"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # pooch does not close what a server refused
        refused(lens_data, r"cannot be downloaded \(HTTPError\)", offer, "lens-challenge-space", space, url=url)
        gc.collect()


@pytest.mark.parametrize("keep", [0.0, 0.1, 0.5, 0.999])
def test_a_truncated_archive(lens_data, offer, space, keep):
    cut = space[: int(keep * len(space))]
    refused(
        lens_data, "is cut, damaged or no archive|has stamps of only 0 of the 0", offer, "lens-challenge-space", cut
    )


def test_an_archive_cut_between_two_members(lens_data, offer, space):
    plain = gzip.decompress(space)
    end = plain.index(b"Training/Data.1.tar.gz")
    cut = gzip.compress(plain[:end], 1)
    refused(lens_data, "stamps of only 12 of the 24 objects", offer, "lens-challenge-space", cut)


@pytest.mark.parametrize(
    "rows",
    [
        b"",
        b"ID,is_lens\n",
        b"ID,lens\n100000,1\n",
        b"ID,is_lens\n100000,maybe\n",
        b"ID,is_lens\n100000,2\n",
        b"ID,is_lens\n100000\n",
        b"ID,is_lens\n100000,1,7\n",
        b"<html>Not found</html>",
    ],
)
def test_a_malformed_table(lens_data, offer, rows):
    sentence = "is not a table of numbers with columns ID and is_lens"
    refused(lens_data, sentence, offer, "lens-challenge-space", tar_gz({"a/classifications.csv": rows}))


def test_a_table_with_comments_and_blanks(lens_data):
    assert lens_data.catalogue("# made by us\n\nID, is_lens\n 7, 1\n") == {7: {"is_lens": 1.0}}


def test_an_archive_without_a_table(lens_data, offer):
    content = tar_gz({"Public/Band1/imageEUC_VIS-100000.fits": fits_file(np.zeros((101, 101)))})
    refused(lens_data, "stamps of only 0 of the 0", offer, "lens-challenge-space", content)


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (b"SIMPLE  =  no", "is cut, damaged"),
        (np.zeros((60, 60)), "60 x 60 pixels are too small"),
        (np.zeros(9), "damaged"),
    ],
)
def test_a_stamp_that_is_none(lens_data, offer, image, sentence):
    content = image if isinstance(image, bytes) else fits_file(image)
    archive = tar_gz({"imageEUC_VIS-7.fits": content, "classifications.csv": b"ID,is_lens\n7,1\n"})
    refused(lens_data, sentence, offer, "lens-challenge-space", archive)


@pytest.mark.parametrize("name", ["../../escaped.fits", "/tmp/escaped.fits", "a/../../imageEUC_VIS-7.fits"])
def test_a_member_outside_of_the_archive(lens_data, offer, name):
    content = tar_gz({"classifications.csv": table([7], [1]), name: b"x"})
    refused(lens_data, "outside of its own folder: do not use it", offer, "lens-challenge-space", content)


def test_links_are_ignored_and_nothing_is_unpacked(lens_data, offer):
    link = tarfile.TarInfo("Training/imageEUC_VIS-100000.fits")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    assert len(offer("lens-challenge-space", challenge(extra={"link": link}))) == 24
    assert len(list((lens_data.HERE / "cache").rglob("*"))) == 1


def test_stamps_without_noise_are_refused(lens_data, offer):
    content = challenge(image=np.zeros((101, 101)))
    refused(lens_data, "show no noise", offer, "lens-challenge-space", content)


def galaxy10_file(path, without=None):
    """A Galaxy10 DECaLS of 40 images: all classes, one galaxy twice, one blank image."""
    h5py = pytest.importorskip("h5py")
    rng = np.random.default_rng(6)
    n = 40
    images = rng.integers(20, 40, size=(n, 256, 256, 3), dtype=np.uint8)
    images[:, 128:133, 128:133] = (30 + 5 * np.arange(n))[:, None, None, None]
    images[26] = 32
    ra, dec = rng.uniform(0, 360, n), rng.uniform(-10, 30, n)
    ra[15], dec[15] = ra[5], dec[5]
    columns = {"images": images, "ans": np.arange(n, dtype=np.uint8) % 10, "ra": ra, "dec": dec}
    columns |= {"redshift": rng.uniform(size=n), "pxscale": np.full(n, 0.262)}
    with h5py.File(path, "w") as file:
        for name in columns.keys() - {without}:
            file[name] = columns[name]
    return path.read_bytes()


def test_galaxy10(lens_data, offer, tmp_path, monkeypatch):
    monkeypatch.setitem(lens_data.READERS, "galaxy10-decals", partial(lens_data.galaxy10, chunk=7))
    read = offer("galaxy10-decals", galaxy10_file(tmp_path / "made.h5"))
    rows = [i for i in range(40) if i % 10 in range(2, 8) and i != 26]
    assert read.images.shape == (23, 48, 48)
    np.testing.assert_array_equal(read.labels, [i % 10 >= 5 for i in rows])
    assert read.kind[0] == "round"
    assert read.pixel_scale == pytest.approx(5 * 0.262)
    np.testing.assert_allclose(read.images[:, 24, 24], [5 * i + 0.5 for i in rows], atol=1)  # above a sky of 29.5
    assert read.noise == pytest.approx(np.sqrt((20**2 - 1) / 12 / 75), rel=0.1), "the mean of 75 even deviates"
    twins = [rows.index(5), rows.index(15)]
    assert len(set(read.objects[twins])) == 1
    assert len(set(read.part[twins])) == 1
    assert len(set(read.objects)) == 22
    assert read.about["units"]["labels"] == "1 = spiral, 0 = smooth galaxy"


def test_galaxy10_limited(lens_data, offer, tmp_path):
    content = galaxy10_file(tmp_path / "made.h5")
    read = offer("galaxy10-decals", content, limit=9)
    assert 8 <= len(read) <= 9
    np.testing.assert_array_equal(read.images, offer("galaxy10-decals", content, limit=9).images)


@pytest.mark.parametrize("column", ["images", "ans", "ra", "pxscale"])
def test_galaxy10_without_a_column(lens_data, offer, tmp_path, column):
    content = galaxy10_file(tmp_path / "made.h5", without=column)
    refused(lens_data, "is not the file of Galaxy10 DECaLS", offer, "galaxy10-decals", content)


def test_galaxy10_cut(lens_data, offer, tmp_path):
    content = galaxy10_file(tmp_path / "made.h5")
    refused(lens_data, "is not the file of Galaxy10 DECaLS", offer, "galaxy10-decals", content[: len(content) // 2])


@pytest.mark.parametrize("package", ["pooch", "astropy.io.fits", "h5py"])
def test_a_package_that_is_missing(lens_data, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    top = package.partition(".")[0]
    with pytest.raises(lens_data.DataError, match=rf'need the package {top}: install it with "pip install {top}"\.$'):
        lens_data.need(package)


def test_the_registry_is_complete(lens_data):
    registry = tomllib.loads((SOURCE / "real_data.toml").read_text(encoding="utf-8"))
    assert list(registry) == list(lens_data.READERS)
    for name, entry in registry.items():
        assert set(entry) == {"url", "sha256", "size", "licence", "citation"}, name
        assert len(entry["sha256"]) in (0, 64), name


def test_the_checks_read_the_held_out_set_as_students_would(lens_data):
    from graders.checks.lenses.trained import held_out
    from graders.checks.trained import DATA

    images, labels = held_out()
    stamps = lens_data.read_lenses(DATA / "lenses.npz")
    np.testing.assert_array_equal(images, stamps.images)
    np.testing.assert_array_equal(labels, stamps.labels)
