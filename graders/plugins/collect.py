"""Takes apart what a learning platform gives: plugins for ``nbgrader zip_collect``.

Archives lie in ``downloaded/<assignment>/archive/``; what lies within them was named and made by students. So an
archive in an archive stays closed, a name says at most whose a notebook is, and what does not fit is set aside with a
warning while the rest is collected.
"""

import contextlib
import datetime
import functools
import gzip
import itertools
import re
import stat
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from nbgrader.api import Student
from nbgrader.plugins.zipcollect import ExtractorPlugin, FileNameCollectorPlugin
from traitlets import Enum, Integer

from graders.course import Course
from graders.errors import NotFoundError
from graders.plugins.reading import MAX_MEGABYTES, time_of
from graders.text import is_student_id, one_line, same_student

_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)
_BROKEN += (ValueError, UnicodeError)
_MOST_LEVELS = 30
_MOST_AT_ONCE = 2**21
_NOTEBOOK = re.compile(r"(?P<name>.+)\.ipynb(?:\.txt|\.json|\.download|~)?", re.IGNORECASE)  # as programs save it
_ARCHIVE = re.compile(r"[^/]*\.(?:zip|tar|gz|tgz|bz2|xz|7z|rar|zst)", re.IGNORECASE)


@dataclass(frozen=True)
class _Member:
    """What an archive holds under a name.

    Attributes:
        is_file: whether it is a plain file, no link and no device.
        handle: by which the archive opens it.
    """

    name: str
    is_file: bool
    handle: Any


class ArchiveExtractor(ExtractorPlugin):
    """Copies the notebooks out of the archives that the platform gave, and of those alone."""

    most_megabytes = Integer(MAX_MEGABYTES, help="Of a notebook; a larger one is set aside.").tag(config=True)
    most_megabytes_in_all = Integer(4000, help="Of all notebooks of an archive.").tag(config=True)
    most_members = Integer(20_000, help="Files of an archive that are looked at.").tag(config=True)

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Fills the folder of extracted files; see nbgrader's ExtractorPlugin."""
        source, target = Path(archive_path), Path(extracted_path)
        for place in sorted(path for path in source.rglob("*") if not path.is_dir() or path.is_symlink()):
            name = str(place.relative_to(source))
            if place.is_symlink() or not place.is_file():
                self._set_aside(name, "it is no plain file")
            elif place.parent == source and place.suffix.lower() in (".zip", ".gz", ".tgz", ".tar"):
                self._take_apart(place, target / place.name)
            elif not name.isprintable():
                self._set_aside(name, "its name has characters that cannot be seen")
            elif not (notebook := _notebook_name(place.name)):
                self._set_aside(name, "it is no notebook, and no archive of the platform's")
            else:
                self._copy(name, place.open("rb"), target / place.relative_to(source).with_name(notebook))

    def _take_apart(self, archive: Path, folder: Path) -> None:
        left = self.most_megabytes_in_all * 10**6
        try:
            with _opened(archive, left) as opened:
                members = _members(opened)
                if isinstance(opened, zipfile.ZipFile):  # a notebook comes before a copy under another ending
                    members = sorted(members, key=lambda member: not member.name.endswith(".ipynb"))
                for number, member in enumerate(members):
                    if number >= self.most_members:
                        self._set_aside(archive.name, f"it holds more than {self.most_members} files: the rest of it")
                        break
                    left -= self._take(opened, member, archive.name, folder, left)
        except _BROKEN as error:
            self._set_aside(archive.name, f"it cannot be read to its end ({error})")

    def _take(self, opened: Any, member: _Member, archive: str, folder: Path, left: int) -> int:
        """Copies a notebook out of an archive; gives its size."""
        name = f"{archive}: {member.name}"
        parts = PurePosixPath(member.name.replace("\\", "/")).parts
        if "__MACOSX" in parts or (parts and parts[-1].startswith("._")) or member.name.endswith("/"):
            return 0  # what macOS adds, and folders
        if not member.is_file:
            self._set_aside(name, "it is no plain file")
        elif not parts or parts[0] == "/" or ".." in parts or any(":" in part for part in parts):
            self._set_aside(name, "it would be written to another place")
        elif len(parts) > _MOST_LEVELS or any(len(part.encode("utf-8", "replace")) > 200 for part in parts):
            self._set_aside(name, "its name is too long")
        elif not all(part.isprintable() for part in parts):
            self._set_aside(name, "its name has characters that cannot be seen")
        elif not (notebook := _notebook_name(parts[-1])):
            is_archive = _ARCHIVE.fullmatch(parts[-1])
            self._set_aside(name, "an archive within an archive stays closed" if is_archive else "it is no notebook")
        else:
            try:
                stream = _open(opened, member)
            except _BROKEN as error:  # it is encrypted, or packed in a way that nobody knows
                self._set_aside(name, f"it cannot be read ({error})")
            else:
                return self._copy(name, stream, folder.joinpath(*parts[:-1], notebook), left)
        return 0

    def _copy(self, name: str, stream: IO[bytes], target: Path, left: int | None = None) -> int:
        """Writes a file of so many bytes at most, whatever its archive says of its size; gives its size."""
        most = self.most_megabytes * 10**6 if left is None else min(left, self.most_megabytes * 10**6)
        with stream:
            try:
                if target.exists():
                    raise ValueError("there is another of this name")
                target.parent.mkdir(parents=True, exist_ok=True)
            except _BROKEN as error:  # a file stands where its folder would be, or its path is too long
                self._set_aside(name, f"it cannot be written ({error})")
                return 0
            try:
                with target.open("xb") as file:
                    while block := stream.read(2**20):
                        if file.tell() + len(block) > most:
                            raise ValueError(f"more than {most // 10**6} MB")
                        file.write(block)
                    return file.tell()
            except _BROKEN as error:
                target.unlink(missing_ok=True)
                self._set_aside(name, f"it cannot be read ({error})")
                return 0

    def _set_aside(self, name: str, why: str) -> None:
        self.log.warning("Set aside: %s: %s", one_line(name), one_line(why))


def _notebook_name(name: str) -> str | None:
    """What a file is called as a notebook, `a.ipynb` for `a.ipynb.txt` and `a.IPYNB`; None where it is none."""
    found = _NOTEBOOK.fullmatch(name)
    return f"{found['name']}.ipynb" if found else None


@contextlib.contextmanager
def _opened(archive: Path, most: int) -> Iterator[zipfile.ZipFile | tarfile.TarFile]:
    """An archive that is open; of one that is compressed as a whole, no more than so many bytes are unpacked."""
    if archive.suffix.lower() == ".zip":
        with zipfile.ZipFile(archive) as opened:
            yield opened
        return
    with archive.open("rb") as file:
        is_compressed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        stream = (
            _Bounded(gzip.GzipFile(fileobj=file), most) if is_compressed else _Bounded(file, archive.stat().st_size)
        )
        with tarfile.open(fileobj=stream, mode="r:") as opened:
            yield opened


class _Bounded:
    """What `tarfile` reads: to some place and no further, and little at a time, since names are read as a whole."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        self._stream, self._most = stream, most
        self.tell = stream.tell

    def read(self, size: int) -> bytes:
        """The next bytes."""
        if size > _MOST_AT_ONCE:
            raise ValueError("a name that is too long")
        self._require(self.tell() + size)
        return self._stream.read(size)

    def seek(self, place: int) -> int:
        """Goes to a place."""
        self._require(place)
        return self._stream.seek(place)

    def _require(self, place: int) -> None:
        if place > self._most + tarfile.RECORDSIZE:
            raise ValueError(f"more than {self._most // 10**6} MB")


def _members(opened: zipfile.ZipFile | tarfile.TarFile) -> Iterator[_Member]:
    if isinstance(opened, tarfile.TarFile):
        for info in opened:
            yield _Member(info.name + "/" * info.isdir(), info.isfile(), info)
        return
    for info in opened.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        yield _Member(info.filename, kind in (0, stat.S_IFREG), info)


def _open(opened: zipfile.ZipFile | tarfile.TarFile, member: _Member) -> IO[bytes]:
    return opened.extractfile(member.handle) if isinstance(opened, tarfile.TarFile) else opened.open(member.handle)


# What follows is the student's: as many folders as there are, and any name. So whose it is says what comes first.
_FILE = r"(?P<file>[^\n]+\.ipynb)$"
PLATFORMS = {
    # Some platforms let people write their own names: of several such marks, the last one of the folder is Moodle's.
    "moodle": r".*?/(?P<student_id>[^/]+?)_\d+_assignsubmission_(?P<part>[a-z]+)_?(?![^/]*_\d+_assignsubmission_)/?"
    + _FILE,
    "canvas": r".*?/(?P<student_id>[^/_\s]+)_(?:LATE_)?\d+_\d+_" + _FILE,
    "brightspace": r".*?/\d+-\d+ ?- (?P<student_id>[^/]+?) ?- [^/]+?(?: ?- |/)" + _FILE,
    "blackboard": r".*?/(?:[^/]*?_)?(?P<student_id>[^/_]+)_attempt_(?P<timestamp>\d{4}(?:-\d\d){5})_" + _FILE,
}
_NUMBERED = re.compile(r"(.+?)(?: ?\(\d+\)|-\d+)?")  # a newer version of a file


@dataclass(frozen=True)
class _Collected:
    """A notebook of a student: where it was, what it was called there and will be, and its time if it has one."""

    path: str
    own: str
    file_id: str
    when: datetime.datetime | None


class NotebookCollector(FileNameCollectorPlugin):
    """Reads from a name whose notebook it is; sets aside what is nobody's, or a second one.

    The name is read as a platform writes it, or by `named_regexp`. Where it says the name of a person, or an id of the
    platform's, the class list says who it is.
    """

    platform = Enum(["", *PLATFORMS], "", help="Whose names: one of these, or those of named_regexp.").tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.named_regexp = PLATFORMS.get(self.platform, self.named_regexp)
        self._collected: dict[str, list[_Collected]] = {}

    def collect(self, submitted_file: str) -> dict | None:
        """What the name of a file says; see nbgrader's FileNameCollectorPlugin.

        What a platform gives for an assignment is of that assignment, whatever a student calls it, unless its name says
        that it is another one's. A second notebook of a student comes beside the first, under its own name.

        Returns:
            Student, assignment or name, and where the name holds one, the time; None for a file that is not to be
            collected.
        """
        extracted = self.parent._format_collect_path(self.parent.extracted_directory)
        name = Path(submitted_file).relative_to(extracted).as_posix()
        inside = re.sub(rf"^{_ARCHIVE.pattern}/", "", name, count=1, flags=re.IGNORECASE)
        found = self._match(unicodedata.normalize("NFC", f"/{inside}" if self.platform else submitted_file))
        if not found or not submitted_file.endswith(".ipynb"):
            return self._set_aside(name, "its name does not say whose it is")
        coursedir = self.parent.coursedir
        assignment, student = coursedir.assignment_id, found["student_id"]
        own = PurePosixPath(found.get("file") or name).name.removesuffix(".ipynb")
        called = found.get("file_id") or _NUMBERED.fullmatch(own)[1]
        is_called_so = called.casefold() == assignment.casefold()
        others = {other.casefold() for other in Course(Path(coursedir.root)).assignments} - {assignment.casefold()}
        if not is_called_so and ("file_id" in found or called.casefold() in others):
            return self._set_aside(name, f"it is no notebook of {assignment}")
        if any(part.startswith(".") for part in PurePosixPath(found.get("file") or name).parts):
            return self._set_aside(name, "its name or that of a folder begins with a dot: nothing looks for such files")
        if found.get("part", "file") != "file":
            return self._set_aside(name, "it is no file that was handed in")
        if not is_student_id(student):
            return self._set_aside(name, f"{student} can be no student's id")
        student = student if student in self._listed else self._by_name.get(student.casefold(), student)
        when = time_of(found["timestamp"]) if found.get("timestamp") else None
        known = self._known(student)
        if known != student:
            self.log.warning("%s is taken for %s", one_line(student), one_line(known))
        before = self._collected.setdefault(known, [])
        earlier = [one for one in before if one.when and when and one.when != when]
        there = next((one for one in before if one.own == own or one.when != when), None)
        if there and not earlier:
            return self._set_aside(name, f"{known} has {there.path} already")
        names = itertools.chain([assignment] * is_called_so, [own], (f"{own}-{k}" for k in itertools.count(2)))
        taken = {other.file_id for other in before}
        free = next(one for one in names if one not in taken)
        file_id = earlier[0].file_id if earlier else free  # under one name, nbgrader takes the later of two
        folder = Path(coursedir.format_path(coursedir.submitted_directory, known, assignment))
        if not self.parent.force and folder.is_dir() and any(folder.iterdir()):
            return self._set_aside(name, f"{known} has handed in before: --force replaces it")
        if self._listed and known not in self._listed:
            self.log.warning("%s is not in the class list: %s", one_line(known), one_line(name))
        if before and not earlier:
            self.log.warning("%s has several notebooks: %s is kept as well", one_line(known), one_line(name))
        if not earlier or earlier[0].when < when:
            kept = [one for one in before if one.file_id != file_id]
            self._collected[known] = [*kept, _Collected(name, own, file_id, when)]
        return {"student_id": known, "file_id": f"{file_id}.ipynb", "timestamp": when}

    def _known(self, student: str) -> str:
        """The id of this student that is there already, if it differs in capitals or accents alone."""
        coursedir = self.parent.coursedir
        here = Path(coursedir.format_path(coursedir.submitted_directory, "x", "x")).parents[1]
        known = [*self._listed, *self._collected, *(path.name for path in here.glob("*") if is_student_id(path.name))]
        alike = [other for other in known if same_student(other) == same_student(student)]
        return student if student in alike or not alike else alike[0]

    @functools.cached_property
    def _students(self) -> list[Student]:
        """The class list: those whom the gradebook knows."""
        with contextlib.suppress(NotFoundError), Course(Path(self.parent.coursedir.root)).gradebook() as gradebook:
            return gradebook.students
        return []

    @property
    def _listed(self) -> set[str]:
        return {one.id for one in self._students}

    @functools.cached_property
    def _by_name(self) -> dict[str, str]:
        """The ids in the class list, by names of persons and ids of the platform that one student alone has."""
        found: dict[str, set[str]] = {}
        for one in self._students:
            first, last = one.first_name or "", one.last_name or ""
            spelt = (f"{first} {last}", f"{last} {first}", f"{last}, {first}", f"{last}{first}", one.lms_user_id or "")
            for name in {unicodedata.normalize("NFC", text).casefold().strip(" ,") for text in spelt}:
                found.setdefault(name, set()).add(one.id)
        return {name: next(iter(ids)) for name, ids in found.items() if name and len(ids) == 1}

    def _set_aside(self, name: str, why: str) -> None:
        self.log.warning("Set aside: %s: %s", one_line(name), one_line(why))
