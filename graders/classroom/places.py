"""What lies in submitted/ where nothing looks for it: put where it belongs, or named."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from graders.course import Course, notebook_in
from graders.plugins.reading import texts_of
from graders.text import is_student_id, same_student

PLACE = "submitted/<student>/<assignment>/, or out of submitted/"


@dataclass(frozen=True)
class Misplaced:
    """A file or folder that nothing looks for.

    Attributes:
        path: where it lies.
        target: where it would be graded; None where it may mean nothing, or several things.
    """

    path: Path
    target: Path | None

    def move(self) -> None:
        """Puts it there; where this is cut short, it lies where the next run finds it."""
        folder = self.target.parent
        if self.path == folder:  # a notebook that is called as its folder will be
            folder = _on_the_way(folder)
        folder.mkdir(exist_ok=True)
        self.path.rename(folder / self.target.name)
        if folder != self.target.parent:
            folder.rename(self.target.parent)


def misplaced(course: Course) -> Iterator[Misplaced]:
    """What is no ``submitted/<student>/<assignment>/``, such as `Parameters/`, or a notebook beside the folders."""
    for student in sorted((course.root / "submitted").glob("[!.]*")):
        if not student.is_dir():
            yield Misplaced(student, None)
        elif is_student_id(student.name) and not student.is_symlink():
            yield from _misplaced_of(course, student)


def _misplaced_of(course: Course, student: Path) -> Iterator[Misplaced]:
    for path in sorted(student.glob("[!.]*")):
        if path.suffix == ".left_out" or (path.is_dir() and path.name in course.assignments):
            continue
        if not os.path.lexists(path):  # it was moved meanwhile
            continue
        name = None if path.is_symlink() else _assignment_of(course, path)
        folder = student / name if name else path
        if name is None or _is_taken(folder if folder != path else _on_the_way(path)):
            yield Misplaced(path, None)
        else:
            yield Misplaced(path, folder if path.is_dir() else folder / path.name)


def _on_the_way(folder: Path) -> Path:
    """What a folder is called until its name is free; a name that means the same assignment."""
    return folder.with_name(f"{folder.name} ")


def _is_taken(folder: Path) -> bool:
    """Whether something lies there, other than the empty folder that a move leaves behind which is cut short."""
    if folder.is_symlink() or not folder.is_dir():
        return os.path.lexists(folder)
    return any(folder.iterdir())


def _assignment_of(course: Course, path: Path) -> str | None:
    """The assignment that the name of a folder or notebook says, or the cells of a notebook."""
    names = {same_student(name): name for name in course.assignments}
    if path.is_dir():
        return names.get(same_student(path.name.strip()))
    texts = texts_of(path)
    called = names.get(same_student(re.match(r"\w*", path.name)[0]))
    if called or texts is None:
        return called if texts is not None else None
    shared = {name: len(texts & (texts_of(notebook_in(course.source(name))) or set())) for name in course.assignments}
    best = max(shared, key=lambda name: shared[name], default=None)
    return best if best and 2 * shared[best] >= len(texts) else None
