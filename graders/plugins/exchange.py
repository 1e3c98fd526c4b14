"""The exchange into which all students write: plugins for ``nbgrader collect`` and ``nbgrader release_feedback``.

What lies there was named and made by students. So nothing that a submission points to is followed, a name is a claim,
and what cannot be taken is set aside with a warning while the rest is collected.
"""

import contextlib
import datetime
import glob
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseFeedback
from nbgrader.utils import ignore_patterns

from graders.plugins.reading import MOST_LEVELS, WAS_A_LINK, WAS_NO_FILE
from graders.plugins.times import TIMESTAMP, time_of
from graders.text import is_student_id, one_line

try:
    import pwd
except ImportError:  # on Windows, where there is no exchange
    pwd = None

_CANNOT = (OSError, RuntimeError, ValueError)


class CollectOwn(ExchangeCollect):
    """nbgrader's ExchangeCollect, which takes from each student what is theirs and stops for nobody.

    nbgrader follows links, with the rights of whoever collects, warns of what one student hands in under the name of
    another and takes it, and ends where one folder has a name, a time or a size that it does not know.
    """

    def init_src(self) -> None:
        """Chooses the newest submission of each student; see nbgrader's ExchangeCollect."""
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            self._students = {student.id for student in gradebook.students}
        super().init_src()
        self.src_records = [record for record in self.src_records if record["username"]]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        """What the name of a folder says, as nbgrader reads it; without a student where it is not believed."""
        name = Path(path).name
        student, _, when, *_ = [*name.rsplit("+", 3), "", ""]
        timestamp, why = time_of(when), ""
        if not is_student_id(student) or timestamp is None:
            why = "its name does not say whose it is, and of when"
        elif not stat.S_ISDIR(os.lstat(path).st_mode):
            why = "it is no folder"
        elif (owner := self.owner_of(path)) not in (None, student) and (
            owner in self._students or has_account(student)
        ):
            why = f"it belongs to {owner}"
        if why:
            self.log.warning("Set aside: %s: %s", one_line(name), one_line(why))
            return {"username": "", "filename": name, "timestamp": datetime.datetime.min}
        return {"username": student, "filename": name, "timestamp": timestamp, "said": when}

    def owner_of(self, path: str) -> str | None:
        """Whose account a folder belongs to, or its number where it has no name; None where that says nothing."""
        if not self.check_owner or pwd is None:
            return None
        number = os.lstat(path).st_uid
        with contextlib.suppress(KeyError):
            return pwd.getpwuid(number).pw_name
        return str(number)

    def copy_files(self) -> None:
        """Copies what is new; where that fails, what had been collected before stays."""
        if not self.src_records:
            self.log.warning("No submissions of '%s' to collect", self.coursedir.assignment_id)
        for record in self.src_records:
            student, assignment = record["username"], self.coursedir.assignment_id
            target = Path(self.coursedir.format_path(self.coursedir.submitted_directory, student, assignment))
            if not self._is_wanted(target, record["timestamp"]):
                self.log.info("Nothing newer to collect: %s %s", student, assignment)
                continue
            self.log.info("Collecting submission: %s %s", student, assignment)
            new = target.with_name(f".{target.name}.new")
            shutil.rmtree(new, ignore_errors=True)
            try:
                self.do_copy(str(Path(self.inbound_path) / record["filename"]), str(new))
                (new / TIMESTAMP).write_text(record["said"], encoding="utf-8")  # whatever a student wrote there
            except _CANNOT as error:
                shutil.rmtree(new, ignore_errors=True)
                self.log.warning("Set aside: %s: %s", one_line(record["filename"]), one_line(error))
                continue
            shutil.rmtree(target, ignore_errors=True)
            new.rename(target)

    def _is_wanted(self, target: Path, timestamp: datetime.datetime) -> bool:
        if not target.is_dir():
            return True
        try:
            there = time_of((target / TIMESTAMP).read_text(encoding="utf-8"))
        except _CANNOT:
            there = None
        return (self.update and (there is None or timestamp > there)) or (self.before_duedate and timestamp != there)

    def do_copy(self, src: str, dest: str, log: object = None) -> None:
        """Copies a submission's folder: its plain files, and a line of text in place of all else."""
        limit = 1000 * self.coursedir.max_dir_size
        if self.get_size(src) > limit:
            raise ValueError(f"it has more than {limit // 10**6} MB")
        ignored = ignore_patterns(
            exclude=self.coursedir.ignore,
            include=self.coursedir.include,
            max_file_size=self.coursedir.max_file_size,
            log=self.log,
        )
        copy_plainly(Path(src), Path(dest), lambda place, names: set(ignored(place, names)), limit)


def has_account(student: str) -> bool:
    """Whether a student has an account here: then only that one hands in under the name."""
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(student))
    return False


def copy_plainly(source: Path, target: Path, ignored: Callable[[str, list[str]], set[str]], most_bytes: int) -> None:
    """Copies a folder that its owner may change meanwhile: no link is followed, and nothing waits for a pipe.

    Args:
        source: a stranger's folder.
        target: where it is written; its parent is made.
        ignored: gives the names in a folder that are left out, as for ``shutil.copytree``.
        most_bytes: of all files.

    Raises:
        OSError, ValueError: where it cannot be read, or is larger or deeper than allowed.
    """
    left = most_bytes
    for place, folders, files, handle in os.fwalk(source, follow_symlinks=False):
        below = Path(place).relative_to(source)
        if len(below.parts) > MOST_LEVELS:
            raise ValueError("its folders are too deep")
        (target / below).mkdir(parents=True)
        left_out = ignored(place, [*folders, *files])
        folders[:] = [name for name in folders if name not in left_out]
        for name in [*folders, *(name for name in files if name not in left_out)]:
            for block in _blocks(name, handle):
                left -= len(block)
                if left < 0:
                    raise ValueError("it grew while it was copied")
                with (target / below / name).open("ab") as copy:
                    copy.write(block)


def _blocks(name: str, folder: int) -> Iterator[bytes]:
    """The content of a plain file, or what is written in the place of anything else; nothing for a folder."""
    mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    if stat.S_ISDIR(mode):
        return
    if stat.S_ISLNK(mode):
        yield f"{WAS_A_LINK}{os.readlink(name, dir_fd=folder)}\n".encode(errors="replace")
        return
    if not stat.S_ISREG(mode):
        yield WAS_NO_FILE.encode()
        return
    with os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder), "rb") as file:
        yield b""  # an empty file is a file
        while block := file.read(2**20):
            yield block


class ReleaseOwn(ExchangeReleaseFeedback):
    """nbgrader's ExchangeReleaseFeedback, which goes on after a student who has handed in some other way."""

    def copy_files(self) -> None:
        """Puts each student's pages into the exchange; see nbgrader's ExchangeReleaseFeedback."""
        feedback, pattern = Path(self.coursedir.root), Path(self.src_path).relative_to(self.coursedir.root)
        for folder in sorted(feedback.glob(str(pattern))):
            self.src_path = glob.escape(str(folder))
            try:
                super().copy_files()
            except _CANNOT:
                self.log.warning("Not released, since it did not come in through the exchange: give out %s", folder)
