"""What `nbgrader zip_collect` makes of a platform's archives: each notebook goes to its student, or is set aside."""

import gzip
import io
import os
import re
import shutil
import stat
import tarfile
import zipfile

import pytest
from helpers import LIGHT, ROOT, must
from nbgrader.api import Gradebook
from nbgrader.apps import ZipCollectApp
from nbgrader.coursedir import CourseDirectory

from graders.course import Course
from graders.plugins import collect
from graders.plugins.reading import make_ready
from graders.plugins.times import time_of
from graders.text import same_student

NOTEBOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


class Platform:
    """A course in which `toy` is collected from what a platform gave."""

    def __init__(self, root, capfd):
        self.capfd, self.said = capfd, ""
        self.course = Course(root)
        self.archive = root / "downloaded" / "toy" / "archive"
        self.archive.mkdir(parents=True)
        shutil.copy(ROOT / "nbgrader_config.py", root)

    def gives(self, members, name="platform.zip"):
        """Puts an archive there; what a member holds may be left out."""
        with zipfile.ZipFile(self.archive / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for member in members:
                archive.writestr(member, members[member] if isinstance(members, dict) else NOTEBOOK)

    def collect(self, force=True, whole=True, **options):
        """Runs what the command runs; gives whose notebook was collected, and what it holds."""
        config = self.course.config()
        config.ZipCollectApp.force = force
        for option, value in options.items():
            setattr(config.ArchiveExtractor, option, value)
        app = ZipCollectApp(config=config)
        app.coursedir = CourseDirectory(config=config)
        app.coursedir.assignment_id = "toy"
        app.init_plugins()
        shutil.rmtree(self.archive.with_name("extracted"), ignore_errors=True)
        app.extract_archive_files()
        app.process_extracted_files()
        self.said = self.capfd.readouterr().err
        return self.submitted() if whole else None

    def notebooks_of(self, student):
        """All notebooks that were collected of a student, by name."""
        return {path.name: path.read_bytes() for path in self.course.submitted(student, "toy").glob("*.ipynb")}

    def submitted(self):
        found = {path: path.read_bytes() for path in (self.course.root / "submitted").rglob("*") if path.is_file()}
        assert {(len(path.relative_to(self.course.root).parts), path.name) for path in found} <= {
            (4, "toy.ipynb"),
            (4, "timestamp.txt"),
        }
        return {path.parents[1].name: held for path, held in found.items() if path.name == "toy.ipynb"}


@pytest.fixture
def platform(tmp_path, capfd):
    return Platform(tmp_path, capfd)


def zipped(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for member in members:
            archive.writestr(member, NOTEBOOK)
    return file.getvalue()


def link(name, to):
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, to


BAD = {
    "hypatia.zip": zipped(["euler_toy.ipynb"]),  # a student's own, with another's name in it
    "hypatia_toy.zip": zipped(["../euler/toy.ipynb"]),
    "toy.ipynb": NOTEBOOK,
    ".._toy.ipynb": NOTEBOOK,
    "._toy.ipynb": NOTEBOOK,
    "_toy.ipynb": NOTEBOOK,
    "-x_toy.ipynb": NOTEBOOK,
    "=1+1_toy.ipynb": NOTEBOOK,
    "bob[late]_toy.ipynb": NOTEBOOK,
    "*_toy.ipynb": NOTEBOOK,
    "<b>_toy.ipynb": NOTEBOOK,
    "a\x1b[2Kb_toy.ipynb": NOTEBOOK,
    "a\u202eb_toy.ipynb": NOTEBOOK,
    "../../submitted/euler/toy/gauss_toy.ipynb": NOTEBOOK,
    "/tmp/gauss_toy.ipynb": NOTEBOOK,
    "..\\..\\gauss_toy.ipynb": NOTEBOOK,
    "C:\\gauss_toy.ipynb": NOTEBOOK,
    "erdos_vae.ipynb": NOTEBOOK,
    "klein_toy.ipynb.pdf": NOTEBOOK,
    "gauss_toy.py": b"print(1)",
    f"{'x' * 230}_toy.ipynb": NOTEBOOK,
    f"{'é' * 120}_toy.ipynb": NOTEBOOK,
    f"{'a/' * 25}{'x' * 190}/{'y' * 190}/{'é' * 90}/gauss_toy.ipynb/klein_toy.ipynb.pdf": NOTEBOOK,
    f"{'a/' * 500}gauss_toy.ipynb": NOTEBOOK,
    f"{'a/' * 5000}gauss_toy.ipynb": NOTEBOOK,
    "euler_toy.ipynb/gauss_toy.ipynb": NOTEBOOK,  # a folder where a file is
    "./euler_toy.ipynb": NOTEBOOK,
}


@pytest.mark.parametrize("bad", BAD)
def test_what_does_not_fit_is_set_aside_and_the_rest_is_collected(platform, bad, tmp_path):
    platform.gives({"euler_toy.ipynb": b'"euler"', bad: BAD[bad], "noether_toy.ipynb": b'"noether"'})
    before = sorted(tmp_path.parent.iterdir())
    assert platform.collect() == {"euler": b'"euler"', "noether": b'"noether"'}
    assert sorted(tmp_path.parent.iterdir()) == before
    assert "Set aside" in platform.said or "._" in bad
    assert all(character.isprintable() or character == "\n" for character in platform.said)


NAMES = {
    "euler_toy.ipynb": "euler",
    "josé_toy.ipynb": "josé",
    "jose\u0301_toy.ipynb": "josé",
    "jean-luc.o'neil@uni_toy.ipynb": "jean-luc.o'neil@uni",
    "a_b_toy.ipynb": "a_b",
    "sub dir/abel_toy.ipynb": "abel",
    "hilbert_Toy.ipynb": "hilbert",
    "gauss_toy (1).ipynb": "gauss",
    "klein_toy.IPYNB": "klein",
    "klein_toy.ipynb.json": "klein",
    "klein_toy.ipynb.txt": "klein",
    "klein_toy.ipynb~": "klein",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_says_whose_a_notebook_is(platform, name):
    platform.gives([name, "__MACOSX/._euler_toy.ipynb", "__MACOSX/zzz_toy.ipynb", ".DS_Store", "empty/"])
    assert platform.collect() == {NAMES[name]: NOTEBOOK}


WRITTEN_ON = [
    "_final",
    "-Copy1",
    " 2",
    "2",
    " - Copy",
    "_v2",
    " (1) (1)",
    "(1)",
    "-1",
    "_Lovelace",
    ".v3",
    "_FINAL_final",
]


@pytest.mark.parametrize("tail", WRITTEN_ON)
@pytest.mark.parametrize("student", ["ada", "a_b", "li_gan"])
def test_what_people_and_programs_write_behind_an_assignment_does_not_hide_whose_it_is(platform, student, tail):
    (platform.course.root / "source").mkdir()
    (platform.course.root / "source" / "gan.py").touch()
    platform.gives([f"{student}_toy{tail}.ipynb"])
    assert platform.collect() == {student: NOTEBOOK}
    assert "Set aside" not in platform.said


OTHER_FORMS = {  # and what is said of it
    "ada_gan.ipynb": "it is no notebook of toy",
    "li_gan_gan (1).ipynb": "it is no notebook of toy",
    "li_toy_gan.ipynb": "it is no notebook of toy",
    "toy_ada.ipynb": "its name does not say whose it is, as <student>_toy.ipynb does",
    "ada-toy.ipynb": "its name does not say whose it is, as <student>_toy.ipynb does",
    "ada_toys.ipynb": "its name does not say whose it is, as <student>_toy.ipynb does",
    "ada_notes.ipynb": "its name does not say whose it is, as <student>_toy.ipynb does",
}


@pytest.mark.parametrize("name", OTHER_FORMS)
def test_of_what_is_called_otherwise_it_is_said_how_it_would_be_known(platform, name):
    (platform.course.root / "source").mkdir()
    (platform.course.root / "source" / "gan.py").touch()
    platform.gives([name])
    assert platform.collect() == {}
    assert f"{name}: {OTHER_FORMS[name]}" in platform.said


def test_links_are_set_aside(platform, tmp_path):
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(b"secret")
    with zipfile.ZipFile(platform.archive / "platform.zip", "w") as archive:
        archive.writestr("euler_toy.ipynb", NOTEBOOK)
        archive.writestr(*link("gauss_toy.ipynb", str(secret)))
    (platform.archive / "hilbert_toy.ipynb").symlink_to(secret)
    assert platform.collect() == {"euler": NOTEBOOK}
    assert platform.said.count("it is no plain file") == 2


def test_tar_files_are_taken_apart_as_well(platform, tmp_path):
    with tarfile.open(platform.archive / "platform.tar.gz", "w:gz") as archive:
        for name in ("euler_toy.ipynb", "../gauss_toy.ipynb", "/tmp/abel_toy.ipynb"):
            info = tarfile.TarInfo(name)
            info.size = len(NOTEBOOK)
            archive.addfile(info, io.BytesIO(NOTEBOOK))
        for kind, name in (
            (tarfile.SYMTYPE, "b_toy.ipynb"),
            (tarfile.LNKTYPE, "c_toy.ipynb"),
            (tarfile.FIFOTYPE, "d_toy.ipynb"),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    assert platform.collect() == {"euler": NOTEBOOK}


def test_what_an_archive_unpacks_to_is_limited(platform):
    large = b" " * 3 * 10**6
    platform.gives({"bomb_toy.ipynb": large, "euler_toy.ipynb": NOTEBOOK})
    assert platform.collect(most_megabytes=2) == {"euler": NOTEBOOK}
    assert "bomb_toy.ipynb: it cannot be read (more than 2 MB)" in platform.said


def test_all_that_an_archive_unpacks_to_is_limited(platform):
    platform.gives({f"student{n}_toy.ipynb": b" " * 10**6 for n in range(9)})
    assert len(platform.collect(most_megabytes_in_all=3)) == 3


def test_the_number_of_files_is_limited(platform):
    platform.gives([f"student{n}_toy.ipynb" for n in range(9)])
    assert len(platform.collect(most_members=5)) == 5
    assert "more than 5 files" in platform.said


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_name_in_a_compressed_archive_is_not_unpacked_without_end(platform, kind):
    bomb = tarfile.TarInfo("bomb")
    bomb.type, bomb.size = kind, 50 * 10**6
    good = tarfile.TarInfo("euler_toy.ipynb")
    good.size = len(NOTEBOOK)
    with gzip.open(platform.archive / "platform.tgz", "wb", compresslevel=1) as file:
        file.write(good.tobuf() + NOTEBOOK.ljust(512, b"\0") + bomb.tobuf(tarfile.GNU_FORMAT))
        file.write(bytes(bomb.size // 512 * 512 + 512) + good.tobuf() + bytes(1024))
    (platform.archive / "other.zip").write_bytes(zipped(["abel_toy.ipynb"]))
    assert platform.collect() == {"euler": NOTEBOOK, "abel": NOTEBOOK}
    assert "platform.tgz: it cannot be read to its end" in platform.said


def test_a_file_with_a_hole_is_no_archive_and_no_notebook(platform):
    for name in ("a.zip", "b.tar", "c.tgz", "gauss_toy.ipynb"):
        with (platform.archive / name).open("wb") as file:
            file.truncate(500 * 10**9)
    platform.gives(["euler_toy.ipynb"])
    assert platform.collect() == {"euler": NOTEBOOK}


@pytest.mark.parametrize("kind", ["damaged", "cut", "empty", "text", "encrypted"])
def test_a_broken_archive_costs_what_is_broken_alone(platform, kind):
    platform.gives({"euler_toy.ipynb": NOTEBOOK, "gauss_toy.ipynb": os.urandom(500).hex().encode()})
    path = platform.archive / "platform.zip"
    content = bytearray(path.read_bytes())
    if kind == "damaged":
        at = content.index(b"gauss_toy.ipynb") + 20
        content[at : at + 4] = b"\xff" * 4
    elif kind == "encrypted":
        content[content.rindex(b"PK\x01\x02") + 8] |= 1
        content[content.rindex(b"PK\x03\x04") + 6] |= 1
    path.write_bytes({"cut": content[:300], "empty": b"", "text": b"no archive"}.get(kind, bytes(content)))
    (platform.archive / "other.zip").write_bytes(zipped(["abel_toy.ipynb"]))
    kept = {"abel": NOTEBOOK} | ({"euler": NOTEBOOK} if kind in ("damaged", "encrypted") else {})
    assert platform.collect() == kept
    assert "cannot be read" in platform.said


PACKED = {"deflate": zipfile.ZIP_DEFLATED, "bzip2": zipfile.ZIP_BZIP2, "LZMA": zipfile.ZIP_LZMA}
HARM = {  # to what a member holds, of which nine bytes are LZMA's version, properties and dictionary
    "a byte is another": lambda held: held[:40] + bytes([held[40] ^ 255]) + held[41:],
    "all is noise": lambda held: bytes(range(256)) * (len(held) // 256) + bytes(len(held) % 256),
    "it begins as nothing does": lambda held: b"\xff" * 9 + held[9:],
    "it asks for 4 GB of memory": lambda held: held[:5] + b"\xff" * 4 + held[9:],
}


@pytest.mark.parametrize("harm", HARM)
@pytest.mark.parametrize("packed", PACKED)
def test_a_damaged_member_costs_itself_alone_however_it_is_packed(platform, packed, harm):
    path, held = platform.archive / "platform.zip", os.urandom(3000)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("euler_toy.ipynb", NOTEBOOK)
        archive.writestr("gauss_toy.ipynb", held, compress_type=PACKED[packed])
        archive.writestr("noether_toy.ipynb", NOTEBOOK)
        info = archive.getinfo("gauss_toy.ipynb")
    content = path.read_bytes()
    start = info.header_offset + 30 + len(info.filename)
    end = start + info.compress_size
    path.write_bytes(content[:start] + HARM[harm](content[start:end]) + content[end:])
    (platform.archive / "other.zip").write_bytes(zipped(["abel_toy.ipynb"]))
    assert {"euler": NOTEBOOK, "noether": NOTEBOOK, "abel": NOTEBOOK}.items() <= platform.collect().items()
    assert "Traceback" not in platform.said


def test_a_member_whose_reading_fails_in_a_new_way_costs_itself_alone(platform, monkeypatch):
    """Whatever a library raises: there is no list of all that it can."""

    class NewError(Exception):
        pass

    def fail(opened, member):
        if member.name.startswith("gauss"):
            raise NewError
        return member_of(opened, member)

    member_of = collect._open
    monkeypatch.setattr(collect, "_open", fail)
    platform.gives(["euler_toy.ipynb", "gauss_toy.ipynb", "noether_toy.ipynb"])
    assert platform.collect() == {"euler": NOTEBOOK, "noether": NOTEBOOK}
    assert "gauss_toy.ipynb: it cannot be read (NewError)" in platform.said


def header(kind, held, name="x"):
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, len(held)
    return info.tobuf(tarfile.USTAR_FORMAT) + held + bytes(-len(held) % 512)


def record(key, value):
    text = f" {key}={value}\n"
    length = next(n for n in range(len(text), len(text) + 9) if len(str(n)) + len(text) == n)
    return f"{length}{text}".encode()


SPARSE = b"".join(record(f"GNU.sparse.{key}", value) for key, value in (("major", 1), ("minor", 0), ("name", "y")))
# What keeps a library busy for hours, or fills memory, where it is not mended; CVE-2024-6232 is the first.
ENDLESS = {
    "digits": header(tarfile.XHDTYPE, b"1" * 2_000_000),
    "keys of all lengths": header(tarfile.XHDTYPE, b"1 " * 1_000_000 + b"=\n"),
    "a map of holes": header(tarfile.XHDTYPE, SPARSE) + header(tarfile.REGTYPE, b"9" * 9 + b"\n1" * 10_000_000),
    "headers of headers": header(tarfile.XHDTYPE, record("a", "b")) * 20_000,
}


@pytest.mark.parametrize("what", ENDLESS)
def test_an_archive_that_keeps_its_reader_busy_is_ended_and_costs_nobody_else_anything(platform, what):
    good = header(tarfile.REGTYPE, NOTEBOOK, "euler_toy.ipynb")
    content = good + ENDLESS[what] + good.replace(b"euler", b"gauss") + bytes(1024)
    (platform.archive / "platform.tgz").write_bytes(gzip.compress(content, compresslevel=1))
    (platform.archive / "other.zip").write_bytes(zipped(["abel_toy.ipynb"]))
    assert {"euler": NOTEBOOK, "abel": NOTEBOOK}.items() <= platform.collect(most_seconds=1).items()
    assert "Set aside: platform.tgz: " in platform.said


def test_what_was_not_written_to_its_end_is_collected_from_nobody(platform, monkeypatch):
    """As when the system ends the process in the midst of a notebook."""

    class Stream(io.BytesIO):
        def read(self, size):
            return super().read(10) or os._exit(1)

    monkeypatch.setattr(collect, "_open", lambda opened, member: Stream(NOTEBOOK))
    platform.gives(["euler_toy.ipynb"])
    assert platform.collect() == {}
    assert "platform.zip: reading it was ended" in platform.said
    assert not list(platform.archive.with_name("extracted").rglob(".part"))


def test_a_second_notebook_of_a_student_is_set_aside(platform):
    platform.gives({"a/euler_toy.ipynb": b"1", "b/euler_toy.ipynb": b"2", "c/gauss_toy.ipynb": b"3"})
    assert platform.collect() == {"euler": b"1", "gauss": b"3"}
    assert "platform.zip/b/euler_toy.ipynb: euler has platform.zip/a/euler_toy.ipynb already" in platform.said


def test_two_notebooks_of_a_student_are_both_kept_where_their_names_differ(platform):
    platform.gives({"euler_toy.ipynb": b"1", "euler_toy (1).ipynb": b"2", "gauss_toy.ipynb": b"3"})
    platform.collect(whole=False)
    assert sorted(platform.notebooks_of("euler").values()) == [b"1", b"2"]
    assert platform.notebooks_of("gauss") == {"toy.ipynb": b"3"}
    assert "euler has several notebooks" in platform.said


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a.zip", "an archive within an archive stays closed"),
        ("a.7z", "an archive within an archive stays closed"),
        ("toy.ipynb.zip", "an archive within an archive stays closed"),
        ("helpers.py", "it is no notebook"),
        ("data.npz", "it is no notebook"),
        ("toy.ipynb.pdf", "it is no notebook"),
    ],
)
def test_what_is_set_aside_is_called_what_it_is_and_where_it_lies(platform, name, why):
    platform.gives([f"sub/{name}"])
    assert platform.collect() == {}
    assert f"Set aside: platform.zip: sub/{name}: {why}\n" in platform.said


@pytest.mark.parametrize(("one", "two"), [("ada", "ADA"), ("josé", "jose\u0301"), ("straße", "STRASSE")])
def test_names_that_differ_in_capitals_or_accents_alone_are_one_student_and_that_is_said(platform, one, two):
    platform.gives([f"{one}_toy.ipynb"])
    platform.collect()
    (platform.archive / "platform.zip").unlink()
    platform.gives({f"{two}_toy.ipynb": b"newer"})
    assert platform.collect() == {one: b"newer"}
    assert one == "josé" or f"{two} is taken for {one}" in platform.said


def test_the_newer_of_two_counts_where_names_hold_a_time(platform):
    pattern = r".*[/\\](?P<student_id>[^/\\\s]+)_(?P<timestamp>[0-9-]+)_(?P<file_id>\w+)\.ipynb$"
    with (platform.course.root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.FileNameCollectorPlugin.named_regexp = r'{pattern}'\n")
    platform.gives({"ada_2027-03-01-12-00-00_toy.ipynb": b"1", "ada_2027-03-02-12-00-00_toy.ipynb": b"2",
                    "ada_2027-03-01-18-00-00_toy.ipynb": b"3", "ada_99_toy.ipynb": b"4"})  # fmt: skip
    assert platform.collect() == {"ada": b"2"}
    text = (platform.course.submitted("ada", "toy") / "timestamp.txt").read_text()
    assert time_of(text).isoformat() == "2027-03-02T12:00:00"


def put_beside(platform, student="ada"):
    """What a lecturer puts beside a notebook: what it imports, and when it counts as handed in."""
    folder = platform.course.submitted(student, "toy")
    beside = {"helper.py": "X = 1", "timestamp.txt": "2027-03-01 17:59:00 UTC", "data/a.csv": "1,2"}
    for name, text in beside.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return {folder / name: text for name, text in beside.items()}


def collect_again(platform, members):
    (platform.archive / "platform.zip").unlink()
    platform.gives(members)
    platform.collect(whole=False)


@pytest.mark.parametrize("wrote", ["", "moodle", "blackboard"])
def test_what_lies_beside_a_notebook_stays_where_others_are_collected_later(platform, wrote):
    write_by(platform, wrote)
    one, other = (BEGINNINGS[wrote] + name if wrote else f"ada_{name}" for name in ("toy.ipynb", "toy (1).ipynb"))
    one, other = (name.replace("Ada Lovelace", "ada").replace("_1815_attempt", "_ada_attempt") for name in (one, other))
    platform.gives({one: b"1", other: b"2"})
    platform.collect(whole=False)
    beside = put_beside(platform)
    collect_again(platform, {one: b"1", other: b"2", one.replace("ada", "emmy"): b"3"})
    assert {path: path.read_text() for path in beside} == beside
    assert sorted(platform.notebooks_of("ada").values()) == [b"1", b"2"]
    assert platform.notebooks_of("emmy") == {"toy.ipynb": b"3"}
    assert "ada has handed in nothing new" in platform.said


AGAIN = {
    "another text": {"ada_toy.ipynb": b"new"},
    "one more": {"ada_toy.ipynb": b"1", "ada_toy (1).ipynb": b"new"},
    "one less": {"ada_toy (1).ipynb": b"1"},
}


@pytest.mark.parametrize("what", AGAIN)
def test_what_lay_beside_a_notebook_that_is_replaced_is_put_aside_and_that_is_said(platform, what):
    platform.gives(
        {"ada_toy.ipynb": b"1", "ada_toy (1).ipynb": b"2"} if what == "one less" else {"ada_toy.ipynb": b"1"}
    )
    platform.collect(whole=False)
    for _ in range(2):
        beside = put_beside(platform)
        collect_again(platform, AGAIN[what])
        platform.course.submitted("ada", "toy").joinpath("toy.ipynb").write_bytes(b"changed")
    aside = platform.course.root / "submitted" / "ada" / "toy.left_out"
    moved = {aside / path.relative_to(platform.course.submitted("ada", "toy")): beside[path] for path in beside}
    assert {path: path.read_text() for path in moved} == moved
    assert len(list(aside.iterdir())) == 6
    assert not any(path.exists() for path in beside)
    assert "toy.left_out what still counts of data, helper.py, timestamp.txt" in platform.said


def test_the_copy_that_grading_makes_is_no_other_notebook(platform):
    write_by(platform, "moodle")
    platform.gives({"ada_1_assignsubmission_file_/Untitled.ipynb": RELEASED})
    platform.collect(whole=False)
    folder = platform.course.submitted("ada", "toy")
    assert make_ready(folder, "toy") == folder / "toy.ipynb"
    (folder / "helper.py").touch()
    collect_again(platform, {"ada_1_assignsubmission_file_/Untitled.ipynb": RELEASED})
    assert (folder / "helper.py").exists()
    assert (folder / "toy.ipynb").exists()


def test_what_was_collected_before_stays_unless_told_otherwise(platform):
    platform.gives({"euler_toy.ipynb": b"1"})
    platform.collect()
    platform.gives({"euler_toy.ipynb": b"2", "gauss_toy.ipynb": b"2"})
    assert platform.collect(force=False) == {"euler": b"1", "gauss": b"2"}
    assert "euler has handed in before: --force replaces it" in platform.said


COPIES = ["Copy of", "Kopie von", "Copie de", "Copia de", "Copia di", "C\u00f3pia de", "Co\u0301pia de", "Kopia"]
COPIES += ["Kopie", "Kopia pliku", "Kopie van", "Kopia av", "Kopi af", "Kopi av", "Copy of Kopie von"]


def test_copies_that_google_drive_makes_are_those_of_whom_they_are(platform):
    """As is one of a student's in whose id is the name of the assignment: the class list has it."""
    with Gradebook(f"sqlite:///{platform.course.root / 'gradebook.db'}") as gradebook:
        gradebook.add_student("max_toy")
    students = {f"s{number}": f"{copy} s{number}_toy.ipynb" for number, copy in enumerate(COPIES)}
    students |= {"max_toy": "C\u00f3pia de max_toy_toy.ipynb"}
    students |= {student: f"{student}_toy.ipynb" for student in ("Kopernikus", "Copy", "copiadi")}
    platform.gives({name: student.encode() for student, name in students.items()})
    assert platform.collect() == {student: student.encode() for student in students}


WRITTEN_BY = {
    "Ada Lovelace_1815_assignsubmission_file_/toy.ipynb": ("moodle", "ada"),
    "Ada Lovelace_1815_assignsubmission_file_toy.ipynb": ("moodle", "ada"),
    "Lovelace Ada_1815_assignsubmission_file_/toy (2).ipynb": ("moodle", "ada"),
    "lovelaceada_98765_1234567_toy.ipynb": ("canvas", "ada"),
    "lovelaceada_LATE_98765_1234567_toy-1.ipynb": ("canvas", "ada"),
    "noetheremmy_1_2_Toy.ipynb": ("canvas", "emmy"),
    "12345-67890 - Emmy Noether - Mar 1, 2027 559 PM - toy.ipynb": ("brightspace", "emmy"),
    "12345-67890 - Emmy Noether - 1 March, 2027 559 PM/toy.ipynb": ("brightspace", "emmy"),
    "Homework 1_emmy_attempt_2027-03-01-17-59-00_toy.ipynb": ("blackboard", "emmy"),
    "Home_work_1815_attempt_2027-03-01-17-59-00_toy.ipynb": ("blackboard", "ada"),
}


@pytest.fixture
def with_class_list(platform):
    with Gradebook(f"sqlite:///{platform.course.root / 'gradebook.db'}") as gradebook:
        gradebook.add_student("ada", first_name="Ada", last_name="Lovelace", lms_user_id="1815")
        gradebook.add_student("emmy", first_name="Emmy", last_name="Noether")
        gradebook.add_student("twin1", first_name="Sam", last_name="Same")
        gradebook.add_student("twin2", first_name="Sam", last_name="Same")
    return platform


RELEASED = (ROOT / "release" / LIGHT / f"{LIGHT}.ipynb").read_bytes()


def write_by(platform, name):
    with (platform.course.root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.NotebookCollector.platform = '{name}'\n")


@pytest.mark.parametrize("name", WRITTEN_BY)
def test_names_are_read_as_platforms_write_them(with_class_list, name):
    wrote, student = WRITTEN_BY[name]
    write_by(with_class_list, wrote)
    with_class_list.gives([name])
    assert with_class_list.collect() == {student: NOTEBOOK}
    assert "class list" not in with_class_list.said


BEGINNINGS = {  # what a platform writes before the name that a student has chosen
    "moodle": "Ada Lovelace_1815_assignsubmission_file_/",
    "canvas": "lovelaceada_98765_1234567_",
    "brightspace": "12345-67890 - Ada Lovelace - Mar 1, 2027 559 PM - ",
    "blackboard": "Home_work_1815_attempt_2027-03-01-17-59-00_",
}
CALLED = ["Copy of toy.ipynb", "toy_lovelace.ipynb", "Untitled1.ipynb", "toy-Copy1.ipynb", "toy (1) (1).ipynb"]
CALLED += ["02_toy.ipynb", "toy/toy.ipynb", "my work/final.IPYNB", "toy.ipynb.txt", "été – 2.ipynb", "a - b.ipynb"]
CALLED += [  # with blanks and joiners of many kinds, marks of direction, and as long as a name can be
    *("toy\u202f2.ipynb", "mes\u00a0données.ipynb", "👩\u200d🚀.ipynb", "\u200fتمرین.ipynb", "全\u3000角.ipynb"),
    *("what?.ipynb", "ノ" * 67 + ".ipynb", "\ue000.ipynb", "a\u00adb.ipynb", "[1] *.ipynb"),
]
CALLED += [  # a name in which another student's is
    "Emmy Noether_7_assignsubmission_file_/toy.ipynb",
    "Emmy Noether_7_assignsubmission_file_toy.ipynb",
    "noetheremmy_1_2_toy.ipynb",
    "1-2 - Emmy Noether - Mar 1, 2027 559 PM - toy.ipynb",
    "x_emmy_attempt_2027-03-01-18-59-00_toy.ipynb",
]


@pytest.mark.parametrize("wrote", BEGINNINGS)
def test_whose_it_is_says_the_platform_and_a_student_may_call_it_anything(platform, wrote):
    write_by(platform, wrote)
    people = {f"p{number}": called for number, called in enumerate(CALLED)}
    beginning = re.sub("Ada Lovelace|lovelaceada|(?<=work_)1815", "PERSON", BEGINNINGS[wrote])
    members = {beginning.replace("PERSON", person) + called: called for person, called in people.items()}
    platform.gives(members, name="cosmo_1_2_ - x - y.zip")
    platform.collect(whole=False)
    collected = {student: list(platform.notebooks_of(student).values()) for student in people}
    assert collected == {student: [called.encode()] for student, called in people.items()}
    assert {path.name for path in (platform.course.root / "submitted").iterdir()} == set(people)


def tarred(path, members):
    with tarfile.open(path, "w:gz" if path.suffix == ".tgz" else "w") as archive:
        for name, held in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(held)
            archive.addfile(info, io.BytesIO(held))


LIMITS = {"most_files_of_one": 4, "most_members": 20, "most_megabytes_of_one": 3, "most_megabytes_in_all": 6}
GREEDY = {  # what one hands in, and what is said of it
    "more room than all have": ({f"{n}.ipynb": b" " * 10**6 * 2 for n in range(4)}, "than 3 MB of notebooks of Ada"),
    "files of no use": ({f"{n}.csv": b"" for n in range(40)}, "more than 4 other files of Ada"),
    "archives": ({f"{n}.zip": b"" for n in range(40)}, "more than 4 other files of Ada"),
    "notebooks": ({f"{n}.ipynb": NOTEBOOK for n in range(40)}, "more than 4 notebooks of Ada"),
    "names that are too long": ({f"{n}{'x' * 300}.ipynb": b"" for n in range(40)}, "more than 4 other files of Ada"),
    "names that cannot be seen": ({f"{n}\x1b.ipynb": b"" for n in range(40)}, "more than 4 other files of Ada"),
    "folders": ({f"{n}{'/a' * 40}/x.ipynb": b"" for n in range(40)}, "more than 4 other files of Ada"),
    "places elsewhere": ({f"{n}/../../x.ipynb": b"" for n in range(40)}, "more than 4 other files of Ada"),
    "notebooks that are too large": ({f"{n}.ipynb": b" " * 2**21 for n in range(40)}, "more than 4 notebooks of Ada"),
}


@pytest.mark.parametrize(
    ("what", "kind"),
    [(what, kind) for what in GREEDY for kind in ("zip", "tar", "tgz")]
    + [(what, "folder") for what in GREEDY if "notebooks of" in GREEDY[what][1]],
)
def test_whatever_one_student_hands_in_what_others_did_is_collected(platform, what, kind):
    write_by(platform, "moodle")
    files, said = GREEDY[what]
    members = {f"Ada_{kind}_1_assignsubmission_file_/{name}": held for name, held in files.items()}
    members |= {f"emmy{n}_2_assignsubmission_file_/toy.ipynb": NOTEBOOK for n in range(3)}
    if kind == "folder":
        for name, held in members.items():
            (platform.archive / name).parent.mkdir(parents=True, exist_ok=True)
            (platform.archive / name).write_bytes(held)
    elif kind == "zip":
        platform.gives(members)
    else:
        tarred(platform.archive / f"platform.{kind}", members)
    platform.collect(whole=False, most_megabytes=1 if "too large" in what else 2, **LIMITS)
    assert [list(platform.notebooks_of(f"emmy{n}").values()) for n in range(3)] == [[NOTEBOOK]] * 3
    assert f"{said}_{kind}" in platform.said
    assert len(re.findall(f"Set aside: .*Ada_{kind}", platform.said)) <= 5  # of forty


@pytest.mark.parametrize("wrote", BEGINNINGS)
def test_a_share_is_whose_the_platform_says_whatever_a_student_calls_a_file(platform, wrote):
    write_by(platform, wrote)
    mine, other = BEGINNINGS[wrote], re.sub("Ada Lovelace|lovelaceada|(?<=work_)1815", "emmy", BEGINNINGS[wrote])
    names = [name for name in CALLED if "/" not in name]
    platform.gives([*(f"{mine}{n} {name}" for n in range(3) for name in names), f"{other}toy.ipynb"])
    platform.collect(whole=False, most_files_of_one=10, most_members=20)
    assert platform.notebooks_of("emmy") == {"toy.ipynb": NOTEBOOK}
    (collected,) = [path for path in (platform.course.root / "submitted").iterdir() if path.name != "emmy"]
    assert len(list(collected.rglob("*.ipynb"))) <= 10
    assert platform.said.count("more than 10 notebooks of") == 1


MOODLE = "Ada_1_assignsubmission_file_/"
HONEST = {  # what lies beside a notebook that is called as the assignment, and is found before it
    "other notebooks": {f"{MOODLE}a/{n}.ipynb": NOTEBOOK for n in range(40)},
    "large ones": {f"{MOODLE}{n}.ipynb": b" " * 10**6 for n in range(40)},
    "some that are too large": {f"{MOODLE}{n}.ipynb": b" " * 2**22 for n in range(3)},
    "data": {f"{MOODLE}a/{n}.csv": b"1" for n in range(40)},
    "copies": {f"{MOODLE}{n}.ipynb~": NOTEBOOK for n in range(40)},
}


@pytest.mark.parametrize("what", HONEST)
@pytest.mark.parametrize("name", ["toy.ipynb", "toy (1).ipynb", "work/Toy-2.ipynb"])
def test_a_share_goes_first_to_the_notebook_that_is_called_as_the_assignment(platform, what, name):
    write_by(platform, "moodle")
    platform.gives(HONEST[what] | {MOODLE + name: b"mine"})
    platform.collect(whole=False, most_megabytes=2, **LIMITS)
    assert platform.notebooks_of("Ada")["toy.ipynb"] == b"mine"


@pytest.mark.parametrize("size", [10, 10**6])
def test_of_more_attempts_than_a_share_has_room_for_the_last_counts(platform, size):
    write_by(platform, "blackboard")
    days = [f"2027-{month:02}-{day:02}" for month in (2, 3) for day in range(1, 20)]
    attempts = [f"HW_ada_attempt_{day}-12-00-00_{'x' if day == days[-1] else 'toy'}.ipynb" for day in days]
    platform.gives({name: name.encode().ljust(size) for name in attempts})
    platform.collect(whole=False, **LIMITS)
    assert attempts[-1].encode().ljust(size) in platform.notebooks_of("ada").values()


FULL = {  # what is said where an archive has no room for all
    "most_members": "it holds more than 3 files: the rest of the notebooks of {}",
    "most_megabytes_in_all": "platform.zip: {}_2_assignsubmission_file_/toy.ipynb: it cannot be read "
    "(more than 3 MB of notebooks in the archive)",
}


@pytest.mark.parametrize("limit", FULL)
def test_of_an_archive_with_no_room_for_all_it_is_said_whose_is_missing(platform, limit):
    write_by(platform, "moodle")
    people = [f"p{n}" for n in range(6)]
    platform.gives({f"{one}_2_assignsubmission_file_/toy.ipynb": b" " * 10**6 for one in people})
    assert list(platform.collect(**{limit: 3})) == people[:3]
    assert [one for one in people if FULL[limit].format(one) in platform.said] == people[3:]


def test_ids_are_compared_once_each_however_many_there_are(platform, monkeypatch):
    with Gradebook(f"sqlite:///{platform.course.root / 'gradebook.db'}") as gradebook:
        for number in range(40):
            gradebook.add_student(f"listed{number}")
            (platform.course.root / "submitted" / f"there{number}").mkdir(parents=True)
    asked = []
    monkeypatch.setattr(collect, "same_student", lambda text: asked.append(text) or same_student(text))
    platform.gives([f"new{number}_toy.ipynb" for number in range(40)])
    assert len(platform.collect()) == 40
    assert len(asked) < 10 * 120


PEOPLE = {  # as the class list has them, and as platforms may write them
    ("Ada", "O’Neil"): ["Ada O’Neil", "Ada O'Neil", "Ada ONeil", "O’Neil Ada"],
    ("अदिति", "शर्मा"): ["अदिति शर्मा"],
    ("สมชาย", "ใจดี"): ["สมชาย ใจดี", "สมชาย\u00a0ใจดี"],
    ("דוד", "לֵוִי"): ["דוד לֵוִי"],
    ("Gal·la", "Puig"): ["Gal·la Puig", "Galla Puig"],
    ("Ana", 'Paula "Nina" Reis'): ['Ana Paula "Nina" Reis', "Ana Paula Nina Reis"],
    ("Ada", "Lovelace"): ["Ada  Lovelace", "ADA LOVELACE", "Lovelace, Ada", "Ada Lovelace ", "Lovelace\u202fAda"],
    ("Jean-Luc ", " St. Clair"): ["Jean-Luc St. Clair", "JeanLuc St Clair", "Jean-Luc St Clair"],
    ("Zoe\u0308", "Ångström"): ["Zoë Ångström", "Zoe\u0308 A\u030angstro\u0308m"],
    ("علی", "نیک\u200cنام"): ["علی نیک\u200cنام", "علی نیکنام"],
}


@pytest.mark.parametrize(("person", "written"), [(one, name) for one, names in PEOPLE.items() for name in names])
def test_a_person_in_the_class_list_is_known_however_the_name_is_spelt(platform, person, written):
    with Gradebook(f"sqlite:///{platform.course.root / 'gradebook.db'}") as gradebook:
        gradebook.add_student("one", first_name=person[0], last_name=person[1])
        gradebook.add_student("two", first_name="Emmy", last_name="Noether")
    write_by(platform, "moodle")
    platform.gives([f"{written}_1815_assignsubmission_file_/toy.ipynb"])
    assert platform.collect() == {"one": NOTEBOOK}
    assert "class list" not in platform.said


def test_an_id_of_the_platform_is_known_as_it_is_alone(with_class_list):
    with Gradebook(f"sqlite:///{with_class_list.course.root / 'gradebook.db'}") as gradebook:
        gradebook.add_student("mili", first_name="Mi", last_name="Schmidt", lms_user_id="mili")
    write_by(with_class_list, "blackboard")
    with_class_list.gives(["HW_mi.li_attempt_2027-03-01-17-59-00_toy.ipynb"])
    assert with_class_list.collect() == {"mi.li": NOTEBOOK}


def test_who_can_be_no_student_and_is_in_no_class_list_is_named(with_class_list):
    write_by(with_class_list, "moodle")
    with_class_list.gives(["Ada O’Neil_1815_assignsubmission_file_/toy.ipynb"])
    assert with_class_list.collect() == {}
    assert "Ada O’Neil can be no student's id, and is no name in the class list" in with_class_list.said


def test_a_person_may_have_an_underscore_in_the_name(with_class_list):
    write_by(with_class_list, "moodle")
    with_class_list.gives(["Ada_B_Lovelace_1815_assignsubmission_file_/toy.ipynb"])
    assert with_class_list.collect() == {"Ada_B_Lovelace": NOTEBOOK}


@pytest.mark.parametrize("wrote", BEGINNINGS)
def test_several_notebooks_of_a_student_are_kept_and_none_in_the_place_of_another(with_class_list, wrote):
    write_by(with_class_list, wrote)
    names = ["toy.ipynb", "toy (1).ipynb", "a/toy.ipynb", "Untitled.ipynb", "b/Untitled.ipynb"]
    with_class_list.gives({BEGINNINGS[wrote] + name: name.encode() for name in names})
    with_class_list.collect(whole=False)
    kept = {held.decode() for held in with_class_list.notebooks_of("ada").values()}
    assert kept == {"Untitled.ipynb", "a/toy.ipynb", "toy (1).ipynb"}
    assert with_class_list.said.count("Set aside") == 2


@pytest.mark.parametrize("wrote", ["moodle", "canvas", "brightspace"])
def test_names_that_would_be_taken_stop_nobody(with_class_list, wrote):
    """What is kept as `toy-2.ipynb` may be the name of another one."""
    write_by(with_class_list, wrote)
    names = ["Toy.ipynb", "toy-2.ipynb", "toy.ipynb", "toy-3.ipynb", "TOY.ipynb"]
    beginning = BEGINNINGS[wrote].replace("Ada Lovelace", "Emmy Noether").replace("lovelaceada", "noetheremmy")
    with_class_list.gives({BEGINNINGS[wrote] + name: name.encode() for name in names} | {beginning + "toy.ipynb": b"1"})
    with_class_list.collect(whole=False)
    assert sorted(with_class_list.notebooks_of("ada").values()) == sorted(name.encode() for name in names)
    assert list(with_class_list.notebooks_of("emmy").values()) == [b"1"]


@pytest.mark.parametrize(
    "kept", [".ipynb_checkpoints/a-checkpoint.ipynb", "work/.ipynb_checkpoints/b.ipynb", ".a.ipynb"]
)
def test_what_programs_keep_under_a_dot_is_no_notebook_of_a_student(with_class_list, kept):
    write_by(with_class_list, "moodle")
    with_class_list.gives([BEGINNINGS["moodle"] + kept, BEGINNINGS["moodle"] + "toy.ipynb"])
    assert with_class_list.collect() == {"ada": NOTEBOOK}
    assert "begins with a dot" in with_class_list.said


@pytest.mark.parametrize("copy", ["toy.ipynb~", "toy.IPYNB", "toy.ipynb.txt"])
def test_a_copy_under_another_ending_is_not_taken_for_the_notebook(with_class_list, copy):
    write_by(with_class_list, "moodle")
    with_class_list.gives({BEGINNINGS["moodle"] + name: name.encode() for name in (copy, "toy.ipynb")})
    assert with_class_list.collect() == {"ada": b"toy.ipynb"}


@pytest.mark.parametrize(
    "path",
    [
        # as someone may call themself
        "Emmy Noether_1_assignsubmission_file_x_12_assignsubmission_file_/toy.ipynb",
        "Emmy Noether_1_assignsubmission_file_x_12_assignsubmission_file_toy.ipynb",
        "Ada Lovelace_12_assignsubmission_onlinetext_/files/Emmy Noether_1_assignsubmission_file_toy.ipynb",
        "Ada Lovelace_12_assignsubmission_comments_/Emmy Noether_1_assignsubmission_file_/toy.ipynb",
    ],
)
def test_nobody_hands_in_for_another_by_a_name_in_moodle(with_class_list, path):
    write_by(with_class_list, "moodle")
    with_class_list.gives([path])
    assert "emmy" not in with_class_list.collect()


def test_of_attempts_the_last_counts_whatever_each_is_called(platform):
    write_by(platform, "blackboard")
    attempts = {"2027-03-01": ("b.ipynb", b"1"), "2027-03-03": ("toy.ipynb", b"3"), "2027-03-02": ("a.ipynb", b"2")}
    platform.gives({f"HW_ada_attempt_{day}-12-00-00_{name}": held for day, (name, held) in attempts.items()})
    platform.collect(whole=False)
    assert list(platform.notebooks_of("ada").values()) == [b"3"]


ATTEMPTS = {  # in order; each but the last comes later by the letters of its name
    "months": ("Feb 28, 2027 559 PM", "Mar 1, 2027 559 PM", "Apr 1, 2027 559 PM"),
    "years": ("Nov 1, 2027 559 PM", "Feb 1, 2028 559 PM"),
    "days": ("Mar 9, 2027 559 PM", "Mar 10, 2027 559 PM"),
    "days before their month": ("9 March, 2027 1759", "10 March, 2027 1759", "1 April, 2027 1759"),
    "hours": ("Mar 1, 2027 959 AM", "Mar 1, 2027 1201 PM", "Mar 1, 2027 112 PM"),
    "hours after midnight": ("Mar 1, 2027 1205 AM", "Mar 1, 2027 1101 AM"),
    "hours of a day": ("1 March, 2027 959", "1 March, 2027 1000"),
    "minutes": ("Mar 1, 2027 108 PM", "Mar 1, 2027 111 PM"),
}


@pytest.mark.parametrize("names", ["toy.ipynb", "toy (1).ipynb final.ipynb b.ipynb"])
@pytest.mark.parametrize("what", ATTEMPTS)
def test_of_attempts_whose_zone_is_not_known_the_last_counts_and_has_no_time(with_class_list, what, names):
    write_by(with_class_list, "brightspace")
    times = ATTEMPTS[what]
    called = dict(zip(times, names.split() * len(times), strict=False))
    with_class_list.gives({f"1-2 - Emmy Noether - {time} - {called[time]}": time.encode() for time in times})
    with_class_list.collect(whole=False)
    assert list(with_class_list.notebooks_of("emmy").values()) == [times[-1].encode()]
    assert not (with_class_list.course.submitted("emmy", "toy") / "timestamp.txt").exists()
    assert with_class_list.said.count("Set aside") == len(times) - 1


@pytest.mark.parametrize("time", ["Mar 1, 2027 559 PM", "1 mai 2027 17 59", "31 February, 2027 1759", "yesterday"])
def test_notebooks_of_one_attempt_are_all_kept_whatever_its_time(with_class_list, time):
    write_by(with_class_list, "brightspace")
    with_class_list.gives({f"1-2 - Emmy Noether - {time} - {name}.ipynb": name.encode() for name in ("a", "toy", "z")})
    with_class_list.collect(whole=False)
    assert set(with_class_list.notebooks_of("emmy").values()) == {b"a", b"toy", b"z"}


@pytest.mark.parametrize("wrote", BEGINNINGS)
def test_a_notebook_that_is_called_as_another_assignment_is_set_aside(with_class_list, wrote):
    (with_class_list.course.root / "source").mkdir()
    (with_class_list.course.root / "source" / "vae.py").touch()
    write_by(with_class_list, wrote)
    with_class_list.gives([BEGINNINGS[wrote] + "vae (2).ipynb", BEGINNINGS[wrote] + "toy.ipynb"])
    assert with_class_list.collect() == {"ada": NOTEBOOK}
    assert "vae (2).ipynb: it is no notebook of toy" in with_class_list.said


@pytest.mark.parametrize(("name", "student"), [("Sam Same", "Sam Same"), ("Niels Bohr", "Niels Bohr")])
def test_who_is_not_in_the_class_list_is_collected_with_a_warning(with_class_list, name, student):
    write_by(with_class_list, "moodle")
    with_class_list.gives([f"{name}_7_assignsubmission_file_/toy.ipynb"])
    assert with_class_list.collect() == {student: NOTEBOOK}
    assert f"{student} is not in the class list" in with_class_list.said


@pytest.mark.parametrize("name", ["ADA", "Emmy"])
def test_an_id_that_differs_from_the_class_list_in_capitals_is_that_student(with_class_list, name):
    with_class_list.gives([f"{name}_toy.ipynb"])
    assert with_class_list.collect() == {name.lower(): NOTEBOOK}
    assert f"{name} is taken for {name.lower()}" in with_class_list.said


def test_the_command_collects(platform):
    platform.gives({"euler_toy.ipynb": NOTEBOOK, "hypatia.zip": BAD["hypatia.zip"], ".._toy.ipynb": NOTEBOOK})
    (platform.archive / "broken.zip").write_bytes(b"PK")
    done = must(platform.course.root, "nbgrader", "zip_collect", "toy", "--force")
    assert platform.submitted() == {"euler": NOTEBOOK}
    assert done.stderr.count("Set aside") == 3
    assert "Traceback" not in done.stderr
