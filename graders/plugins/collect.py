"""Takes apart what a learning platform gives: plugins for ``nbgrader zip_collect``.

Archives lie in ``downloaded/<assignment>/archive/``; what lies within them was named and made by students. So an
archive in an archive stays closed, a name says at most whose a notebook is, and what does not fit is set aside with a
warning while the rest is collected. Whatever goes wrong with a file costs that file, or what follows it in its archive;
whatever a student hands in takes a student's share of the room, and no other's.
"""

import contextlib
import datetime
import filecmp
import functools
import gzip
import itertools
import math
import os
import re
import resource
import signal
import stat
import tarfile
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from nbgrader.api import Student
from nbgrader.plugins.zipcollect import ExtractorPlugin, FileNameCollectorPlugin
from traitlets import Enum, Integer

from graders.course import Course, notebook_in
from graders.errors import NotFoundError
from graders.plugins.reading import COPIED, MAX_MEGABYTES, move_out
from graders.plugins.times import local_time_of, time_of
from graders.text import is_student_id, one_line, same_student

_MOST_LEVELS, _LONGEST_NAME = 30, 255  # folders within each other, and bytes of a name, as file systems have them
_MEMORY = 2 * 2**30  # bytes that an archive may take beyond what is there; dictionaries of honest ones have millions
_NOBODY = "persons whom no name says"
_PART = ".part"  # a file that is being written
_UNSEEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029]"
)  # what no name needs; blanks and joiners of other kinds are in many
_MOST_AT_ONCE = 2**21
_NOTEBOOK = re.compile(r"(?P<name>.+)\.ipynb(?:\.txt|\.json|\.download|~)?", re.IGNORECASE)  # as programs save it
_ARCHIVE = re.compile(r"[^/]*\.(?:zip|tar|gz|tgz|bz2|xz|7z|rar|zst)", re.IGNORECASE)


@dataclass(frozen=True)
class _Member:
    """What an archive holds under a name.

    Attributes:
        is_file: whether it is a plain file, no link and no device.
        size: in bytes, as the archive says; what it unpacks to is counted all the same.
        handle: by which the archive opens it.
    """

    name: str
    is_file: bool
    size: int
    handle: Any


@dataclass(frozen=True, order=True)
class Said:
    """What the name of a file says; of two of one owner, what is more likely to be graded is the greater.

    Attributes:
        when: it was handed in; the least of times where the name does not say it.
        is_called_so: whether it is called as the assignment.
        owner: whose it is; empty where the name does not say it.
    """

    when: datetime.datetime
    is_called_so: bool
    owner: str = field(compare=False)


@dataclass
class _Room:
    """How much may still be taken of what lies together, what was taken of each owner, and of whom there is no more."""

    files_left: float = math.inf
    bytes_left: float = math.inf
    files: Counter = field(default_factory=Counter)
    bytes: Counter = field(default_factory=Counter)
    full: set = field(default_factory=set)


class ArchiveExtractor(ExtractorPlugin):
    """Copies the notebooks out of the archives that the platform gave, and of those alone."""

    most_megabytes = Integer(MAX_MEGABYTES, help="Of a notebook; a larger one is set aside.").tag(config=True)
    most_megabytes_in_all = Integer(4000, help="Of all notebooks of an archive.").tag(config=True)
    most_members = Integer(20_000, help="Files of an archive that are looked at.").tag(config=True)
    most_megabytes_of_one = Integer(200, help="Of all notebooks of a student in an archive.").tag(config=True)
    most_files_of_one = Integer(
        50, help="Notebooks of a student in an archive, and as many other files, which are named."
    ).tag(config=True)
    most_seconds = Integer(
        30, help="Of processor time for an archive, and one more for each megabyte that it has."
    ).tag(config=True)

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Fills the folder of extracted files; see nbgrader's ExtractorPlugin."""
        source, target = Path(archive_path), Path(extracted_path)
        target.mkdir(parents=True, exist_ok=True)
        loose: list[tuple[Said, str, Path, Path]] = []
        for place in sorted(path for path in source.rglob("*") if not path.is_dir() or path.is_symlink()):
            name = str(place.relative_to(source))
            if place.is_symlink() or not place.is_file():
                self._set_aside(name, "it is no plain file")
            elif place.parent == source and place.suffix.lower() in (".zip", ".gz", ".tgz", ".tar"):
                self._take_apart(place, target / place.name)
            elif _UNSEEN.search(name):
                self._set_aside(name, "its name has characters that cannot be seen")
            elif not (notebook := _notebook_name(place.name)):
                self._set_aside(name, "it is no notebook, and no archive of the platform's")
            else:
                there = target / place.relative_to(source).with_name(notebook)
                loose.append((self._said_by(str(there)), name, place, there))
        room = _Room()
        for said, name, place, there in sorted(loose, key=lambda one: one[0], reverse=True):
            if self._has_room(room, source.name, said.owner, "notebooks"):
                opens = functools.partial(place.open, "rb")
                self._copy(name, opens, place.stat().st_size, there, target, room, said.owner)

    def _said_by(self, file: str) -> Said:
        """What a name says to the plugin that collects; to another one than ours each file is somebody's own."""
        said_by = getattr(self.parent.collector_plugin_inst, "said_by", None)
        return said_by(file) if said_by else Said(datetime.datetime.min, False, file)

    def _take_apart(self, archive: Path, folder: Path) -> None:
        """Unpacks an archive in a process of its own, which the system ends where it takes too long.

        The libraries that read archives can be kept busy for hours by a few bytes, or given names that fill all memory.
        """
        child = os.fork()
        if child == 0:
            try:
                megabytes = min(archive.stat().st_size / 10**6, self.most_megabytes_in_all)
                _limit(self.most_seconds + megabytes)
                self._unpack(archive, folder)
                os._exit(0)
            finally:
                os._exit(1)
        if os.waitpid(child, 0)[1]:
            why = "reading it was ended, most often because it takes too long or too much memory: the rest of it"
            self._set_aside(archive.name, why)
        (folder.parent / _PART).unlink(missing_ok=True)

    def _unpack(self, archive: Path, folder: Path) -> None:
        room = _Room(self.most_members, self.most_megabytes_in_all * 10**6)
        try:
            with _opened(archive) as opened:
                members = ((self._said_of(member, folder), member) for member in _members(opened))
                if isinstance(opened, zipfile.ZipFile):
                    members = sorted(members, key=_first_of_all, reverse=True)
                for said, member in members:
                    self._take(opened, member, archive.name, folder, room, said.owner)
        except Exception as error:  # a dozen libraries have errors of their own
            self._set_aside(archive.name, f"it cannot be read to its end ({_said(error)})")

    def _said_of(self, member: _Member, folder: Path) -> Said:
        """What the name of a member says, whatever kind of file it is: platforms write their part of it first."""
        *folders, name = [part[:_LONGEST_NAME] for part in _parts(member)[:_MOST_LEVELS]] or [""]
        path = "/".join([str(folder), *folders, _notebook_name(name) or f"{name}.ipynb"])
        return self._said_by(_UNSEEN.sub("_", path))

    def _take(self, opened: Any, member: _Member, archive: str, folder: Path, room: _Room, owner: str) -> None:
        """Copies a notebook out of an archive."""
        name, parts = f"{archive}: {member.name}", _parts(member)
        if "__MACOSX" in parts or (parts and parts[-1].startswith("._")) or member.name.endswith("/"):
            return  # what macOS adds, and folders
        why = _why_not(member)
        if not self._has_room(room, archive, owner, "other files" if why else "notebooks"):
            return
        if why:
            self._set_aside(name, why)
            return
        there = folder.joinpath(*parts[:-1], _notebook_name(parts[-1]))
        opens = functools.partial(_open, opened, member)
        self._copy(name, opens, member.size, there, folder.parent, room, owner)

    def _has_room(self, room: _Room, archive: str, owner: str, kind: str) -> bool:
        """Counts a file; where it is one too many, the first of its owner's is named, for all that follow."""
        whose, key = owner or _NOBODY, (same_student(owner), kind)
        if room.files[key] >= self.most_files_of_one:
            why = f"more than {self.most_files_of_one} {kind} of {whose}: the rest of them"
        elif not room.files_left:
            why = f"it holds more than {self.most_members} files: the rest of the {kind} of {whose}"
        else:
            room.files[key] += 1
            room.files_left -= 1
            return True
        if key not in room.full:
            room.full.add(key)
            self._set_aside(archive, why)
        return False

    def _copy(
        self,
        name: str,
        opens: Callable[[], IO[bytes]],
        size: int,
        target: Path,
        extracted: Path,
        room: _Room,
        owner: str,
    ) -> None:
        """Writes a file of so many bytes at most, whatever its archive says of its size."""
        key, of_one, in_all = same_student(owner), self.most_megabytes_of_one, self.most_megabytes_in_all
        limits = {
            f"more than {self.most_megabytes} MB": self.most_megabytes * 10**6,
            f"more than {of_one} MB of notebooks of {owner or _NOBODY}": of_one * 10**6 - room.bytes[key],
            f"more than {in_all} MB of notebooks in the archive": room.bytes_left,
        }
        too_much = min(limits, key=limits.get)
        most = limits[too_much]
        try:
            if target.exists():
                raise ValueError("there is another of this name")
            target.parent.mkdir(parents=True, exist_ok=True)
        except Exception as error:  # a file stands where its folder would be, or its path is too long
            self._set_aside(name, f"it cannot be written ({_said(error)})")
            return
        part = extracted / _PART  # what is cut short is no notebook
        try:
            if size > most:  # which takes no time
                raise ValueError(too_much)
            with opens() as stream, part.open("wb") as file:
                while block := stream.read(2**20):
                    if file.tell() + len(block) > most:
                        raise ValueError(too_much)
                    file.write(block)
                size = file.tell()
            part.rename(target)
            room.bytes[key] += size
            room.bytes_left -= size
        except Exception as error:  # it is damaged, encrypted, or packed in a way that nobody knows
            part.unlink(missing_ok=True)
            self._set_aside(name, f"it cannot be read ({_said(error)})")

    def _set_aside(self, name: str, why: str) -> None:
        self.log.warning("Set aside: %s: %s", one_line(name), one_line(why))


def _first_of_all(one: tuple[Said, _Member]) -> tuple[bool, Said, bool]:
    """Notebooks before other files, and one before a copy of it under another ending."""
    said, member = one
    return bool(_notebook_name(PurePosixPath(member.name).name)), said, member.name.endswith(".ipynb")


def _parts(member: _Member) -> tuple[str, ...]:
    return PurePosixPath(member.name.replace("\\", "/")).parts


def _is_too_long(parts: tuple[str, ...]) -> bool:
    return len(parts) > _MOST_LEVELS or any(len(part.encode("utf-8", "replace")) > _LONGEST_NAME for part in parts)


def _why_not(member: _Member) -> str | None:
    """Why a member of an archive is none that is copied."""
    parts = _parts(member)
    if not member.is_file:
        return "it is no plain file"
    if not parts or parts[0] == "/" or ".." in parts or any(":" in part for part in parts):
        return "it would be written to another place"
    if _is_too_long(parts):
        return "its name is too long"
    if _UNSEEN.search(member.name):
        return "its name has characters that cannot be seen"
    if not _notebook_name(parts[-1]):
        is_archive = _ARCHIVE.fullmatch(parts[-1])
        return "an archive within an archive stays closed" if is_archive else "it is no notebook"
    return None


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


def _limit(seconds: float) -> None:
    """Has the system end this process after so long, and refuse it more memory than an archive may take."""
    with contextlib.suppress(OSError, ValueError):  # where the system does not count it
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + _MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _notebook_name(name: str) -> str | None:
    """What a file is called as a notebook, `a.ipynb` for `a.ipynb.txt` and `a.IPYNB`; None where it is none."""
    found = _NOTEBOOK.fullmatch(name)
    return f"{found['name']}.ipynb" if found else None


@contextlib.contextmanager
def _opened(archive: Path) -> Iterator[zipfile.ZipFile | tarfile.TarFile]:
    """An archive that is open."""
    if archive.suffix.lower() == ".zip":
        with zipfile.ZipFile(archive) as opened:
            yield opened
        return
    with archive.open("rb") as file:
        is_compressed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        stream = _Bounded(gzip.GzipFile(fileobj=file) if is_compressed else file)
        with tarfile.open(fileobj=stream, mode="r:") as opened:
            yield opened


class _Bounded:
    """What `tarfile` reads: little at a time, since names are read as a whole."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self.tell, self.seek = stream, stream.tell, stream.seek

    def read(self, size: int) -> bytes:
        """The next bytes."""
        if size > _MOST_AT_ONCE:
            raise ValueError("a name that is too long")
        return self._stream.read(size)


def _members(opened: zipfile.ZipFile | tarfile.TarFile) -> Iterator[_Member]:
    if isinstance(opened, tarfile.TarFile):
        for info in opened:
            yield _Member(info.name + "/" * info.isdir(), info.isfile(), info.size, info)
        return
    for info in opened.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        yield _Member(info.filename, kind in (0, stat.S_IFREG), info.file_size, info)


def _open(opened: zipfile.ZipFile | tarfile.TarFile, member: _Member) -> IO[bytes]:
    return opened.extractfile(member.handle) if isinstance(opened, tarfile.TarFile) else opened.open(member.handle)


# What follows is the student's: as many folders as there are, and any name. So whose it is says what comes first.
_FILE = r"(?P<file>[^\n]+\.ipynb)$"
PLATFORMS = {
    # Some platforms let people write their own names: of several such marks, the last one of the folder is Moodle's.
    "moodle": r".*?/(?P<student_id>[^/]+?)_\d+_assignsubmission_(?P<part>[a-z]+)_?(?![^/]*_\d+_assignsubmission_)/?"
    + _FILE,
    "canvas": r".*?/(?P<student_id>[^/_\s]+)_(?:LATE_)?\d+_\d+_" + _FILE,
    "brightspace": r".*?/\d+-\d+ ?- (?P<student_id>[^/]+?) ?- (?P<local_time>[^/]+?)(?: ?- |/)" + _FILE,
    "blackboard": r".*?/(?:[^/]*?_)?(?P<student_id>[^/_]+)_attempt_(?P<timestamp>\d{4}(?:-\d\d){5})_" + _FILE,
}
# What Google Drive writes before the name of a copy, in English, German, French, Spanish, Portuguese, Polish and more.
_COPY = r"(?:(?:Copy|Copie|C(?:ó|o\u0301?)pia|Kopi[ae]?)(?: (?:of|von|van|de|di|af|av|pliku))? )*"
_NAMED = (  # as whoever names files by hand does; programs and people write on behind the assignment
    r".*[/\\]{copy}(?P<student_id>[^/\\\s]+?)_(?P<file_id>(?i:{all})(?={end})|(?i:{this})(?![A-Za-z])"
    r"(?![^/\\]*_(?i:{all}){end}))[^/\\]*\.ipynb$"
)
_NUMBERED = re.compile(r"(.*?)(?: ?\(\d+\)|-\d+)?", re.DOTALL)  # a newer version of a file


@dataclass(frozen=True)
class _Collected:
    """A notebook of a student: where it was, what it was called there and will be, and its time if it has one."""

    path: str
    own: str
    file_id: str
    when: datetime.datetime | None


def _letters(name: str) -> str:
    """What is the same of a person's name however it is spelt: platforms drop blanks, quotes and dots, or double them.

    Half characters stay: what they stand for is not known.
    """
    return "".join(
        c for c in same_student(name) if unicodedata.category(c) == "Cs" or unicodedata.category(c)[0] in "LMN"
    )


def _own_name(found: dict[str, str], file: str) -> str:
    return PurePosixPath(found.get("file") or file).name.removesuffix(".ipynb")


def _when(found: dict[str, str]) -> datetime.datetime | None:
    """When a file was handed in: in UTC, or in a zone that is not known, which is enough to tell the last attempt."""
    if written := found.get("timestamp"):
        return time_of(written)
    return local_time_of(found.get("local_time") or "")


def _plain(name: str) -> str:
    """A student's name for a file as all programs can write it, with room for a number."""
    seen = "".join(c if c.isprintable() else " " if c.isspace() else "_" for c in name)
    return seen.encode()[:200].decode(errors="ignore").strip(" .") or "_"


def _are_in(folder: Path, notebooks: dict[str, Path]) -> bool:
    """Whether a folder holds the same notebooks, and no other but the copy of one that grading has made."""
    there = {path.name for path in folder.glob("*.ipynb") if path.is_file()}
    made = {notebook_in(folder).name} if (folder / COPIED).is_file() else set()
    return there - notebooks.keys() <= made and all(
        name in there and filecmp.cmp(folder / name, path, shallow=False) for name, path in notebooks.items()
    )


class NotebookCollector(FileNameCollectorPlugin):
    """Reads from a name whose notebook it is; sets aside what is nobody's, or a second one.

    The name is read as a platform writes it, by `named_regexp`, or as `<student>_<assignment>`. Where it says the name
    of a person, or an id of the platform's, the class list says who it is.
    """

    platform = Enum(["", *PLATFORMS], "", help="Whose names: one of these, or those of named_regexp.").tag(config=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.named_regexp = PLATFORMS.get(self.platform, self.named_regexp)
        self._is_named_by_hand = not self.named_regexp
        self._collected: dict[str, list[_Collected]] = {}

    def collect(self, submitted_file: str) -> dict | None:
        """What the name of a file says; see nbgrader's FileNameCollectorPlugin.

        What a platform gives for an assignment is of that assignment, whatever a student calls it, unless its name says
        that it is another one's. A second notebook of a student comes beside the first, under its own name.

        Returns:
            Student, assignment or name, and where the name holds one, the time; None for a file that is not to be
            collected.
        """
        return self._plan.get(Path(submitted_file))

    @functools.cached_property
    def _plan(self) -> dict[Path, dict]:
        """What is collected, by file. nbgrader empties the folder of each student of whom there is something.

        So where all is as it is there, nothing is collected, and what lies beside it stays; else that is put aside.
        """
        files = sorted(str(Path(folder) / name) for folder, _, names in os.walk(self._extracted) for name in names)
        files.sort(key=self._local_time, reverse=True)  # what is read first counts
        plan = {Path(file): said for file in files if (said := self._read(file))}
        by_student: dict[str, dict[str, Path]] = {}
        for path, said in plan.items():
            notebooks = by_student.setdefault(said["student_id"], {})
            before = notebooks.get(said["file_id"])
            if before is None or said["timestamp"] >= plan[before]["timestamp"]:
                notebooks[said["file_id"]] = path
        coursedir = self.parent.coursedir
        for student, notebooks in by_student.items():
            folder = Path(coursedir.format_path(coursedir.submitted_directory, student, coursedir.assignment_id))
            if not folder.is_dir():
                continue
            if _are_in(folder, notebooks):
                plan = {path: said for path, said in plan.items() if said["student_id"] != student}
                self.log.warning("Left as it is: %s has handed in nothing new", one_line(student))
                continue
            others = [path for path in folder.iterdir() if path.suffix != ".ipynb" and path.name != COPIED]
            try:
                for path in others:
                    move_out(path, folder)
            except OSError as error:
                plan = {path: said for path, said in plan.items() if said["student_id"] != student}
                self.log.warning("Left as it is: %s: %s", one_line(student), one_line(_said(error)))
                continue
            if others:
                names, place = ", ".join(sorted(path.name for path in others)), f"{folder.name}.left_out"
                self.log.warning(
                    "%s: what was collected is not what is there: put back from %s what still counts of %s",
                    *map(one_line, (student, folder.with_name(place), names)),
                )
        return plan

    @functools.cached_property
    def _pattern(self) -> re.Pattern[str]:
        """What the names of files are read by."""
        if not self._is_named_by_hand:
            return re.compile(self.named_regexp)
        assignment = self.parent.coursedir.assignment_id
        every = "|".join(map(re.escape, sorted(self._assignments | {assignment}, key=len, reverse=True)))
        end = r"(?: ?\(\d+\))?\.ipynb$"
        return re.compile(_NAMED.format(copy=_COPY, all=every, this=re.escape(assignment), end=end))

    def said_by(self, submitted_file: str) -> Said:
        """What the name of a file says before anything is known of others; each file of an archive is asked for it."""
        if not (found := self._match(submitted_file)):
            return Said(datetime.datetime.min, False, "")
        _, is_called_so = self._called_in(found, submitted_file)
        return Said(_when(found) or datetime.datetime.min, is_called_so, " ".join(found["student_id"].split()))

    def _local_time(self, submitted_file: str) -> datetime.datetime:
        """When a file was handed in, as far as that is known and nbgrader is not told."""
        found = self._match(submitted_file) or {}
        return (None if found.get("timestamp") else _when(found)) or datetime.datetime.min

    @functools.cached_property
    def _extracted(self) -> PurePosixPath:
        return PurePosixPath(self.parent._format_collect_path(self.parent.extracted_directory))

    def _name(self, submitted_file: str) -> str:
        return PurePosixPath(submitted_file).relative_to(self._extracted).as_posix()

    def _match(self, submitted_file: str) -> dict[str, str] | None:
        """The parts of the name of a file, as the pattern calls them; None where it says nothing."""
        inside = re.sub(rf"^{_ARCHIVE.pattern}/", "", self._name(submitted_file), count=1, flags=re.IGNORECASE)
        found = self._pattern.match(unicodedata.normalize("NFC", f"/{inside}" if self.platform else submitted_file))
        return found.groupdict() if found else None

    def _called_in(self, found: dict[str, str], submitted_file: str) -> tuple[str, bool]:
        """What a file is called, without the number of a version, and whether that is the assignment's name."""
        called = found.get("file_id") or _NUMBERED.fullmatch(_own_name(found, submitted_file))[1]
        return called, called.casefold() == self.parent.coursedir.assignment_id.casefold()

    def _read(self, submitted_file: str) -> dict | None:
        name = self._name(submitted_file)
        coursedir = self.parent.coursedir
        assignment = coursedir.assignment_id
        found = self._match(submitted_file)
        if not found or not submitted_file.endswith(".ipynb"):
            as_it_would = f", as <student>_{assignment}.ipynb does" * self._is_named_by_hand
            return self._set_aside(name, f"its name does not say whose it is{as_it_would}")
        student = " ".join(found["student_id"].split())
        own = _own_name(found, submitted_file)
        called, is_called_so = self._called_in(found, submitted_file)
        others = {other.casefold() for other in self._assignments} - {assignment.casefold()}
        if not is_called_so and ("file_id" in found or called.casefold() in others):
            return self._set_aside(name, f"it is no notebook of {assignment}")
        if any(part.startswith(".") for part in PurePosixPath(found.get("file") or name).parts):
            return self._set_aside(name, "its name or that of a folder begins with a dot: nothing looks for such files")
        if found.get("part", "file") != "file":
            return self._set_aside(name, "it is no file that was handed in")
        if self._is_named_by_hand:  # an id may hold the name of the assignment
            stem = re.sub(rf"^{_COPY}", "", PurePosixPath(name).name)
            starts = [match.start() for match in re.finditer(rf"_(?={re.escape(assignment)})", stem, re.IGNORECASE)]
            student = next((stem[:start] for start in starts if stem[:start] in self._listed), student)
        if student not in self._listed:
            keys = (("id", student.casefold()), ("name", "" if self._is_named_by_hand else _letters(student)))
            student = next((self._called[key] for key in keys if key in self._called), student)
        if not is_student_id(student):
            return self._set_aside(name, f"{student} can be no student's id, and is no name in the class list")
        when, is_certain = _when(found), bool(found.get("timestamp"))
        known = self._known(student)
        if known != student:
            self.log.warning("%s is taken for %s", one_line(student), one_line(known))
        before = self._collected.setdefault(known, [])
        earlier = [one for one in before if is_certain and one.when and when and one.when != when]
        there = next((one for one in before if one.own == own or one.when != when), None)
        if there and not earlier:
            return self._set_aside(name, f"{known} has {there.path} already")
        plain = _plain(own)
        names = itertools.chain([assignment] * is_called_so, [plain], (f"{plain}-{k}" for k in itertools.count(2)))
        taken = {other.file_id for other in before}
        free = next(one for one in names if one not in taken)
        file_id = earlier[0].file_id if earlier else free  # under one name, nbgrader takes the later of two
        if self.parent.strict and file_id != assignment:
            return self._set_aside(name, f"it is not called {assignment}.ipynb, as --strict asks")
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
        return {"student_id": known, "file_id": f"{file_id}.ipynb", "timestamp": when if is_certain else None}

    def _known(self, student: str) -> str:
        """The id of this student that is there already, if it differs in capitals or accents alone."""
        alike = self._alike.setdefault(same_student(student), [student])
        return student if student in alike else alike[0]

    @functools.cached_property
    def _alike(self) -> dict[str, list[str]]:
        """The ids that are there already, by what those have in common that differ in capitals or accents alone."""
        coursedir = self.parent.coursedir
        here = Path(coursedir.format_path(coursedir.submitted_directory, "x", "x")).parents[1]
        found: dict[str, list[str]] = {}
        for student in [*self._listed, *(path.name for path in here.glob("*") if is_student_id(path.name))]:
            found.setdefault(same_student(student), []).append(student)
        return found

    @functools.cached_property
    def _students(self) -> list[Student]:
        """The class list: those whom the gradebook knows."""
        with contextlib.suppress(NotFoundError), Course(Path(self.parent.coursedir.root)).gradebook() as gradebook:
            return gradebook.students
        return []

    @functools.cached_property
    def _assignments(self) -> set[str]:
        """Those of the course."""
        return set(Course(Path(self.parent.coursedir.root)).assignments)

    @functools.cached_property
    def _listed(self) -> set[str]:
        return {one.id for one in self._students}

    @functools.cached_property
    def _called(self) -> dict[tuple[str, str], str]:
        """The ids in the class list, by names of persons and ids of the platform that one student alone has."""
        found: dict[tuple[str, str], set[str]] = {}
        for one in self._students:
            first, last = one.first_name or "", one.last_name or ""
            keys = {("name", _letters(first + last)), ("name", _letters(last + first))}
            for key in keys | {("id", (one.lms_user_id or "").casefold())}:
                found.setdefault(key, set()).add(one.id)
        return {key: next(iter(ids)) for key, ids in found.items() if key[1] and len(ids) == 1}

    def _set_aside(self, name: str, why: str) -> None:
        self.log.warning("Set aside: %s: %s", one_line(name), one_line(why))
