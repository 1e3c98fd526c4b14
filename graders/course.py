"""A course on disk: where everything lies, in which order, under which policy."""

import contextlib
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url
from traitlets.config import Config, PyFileConfigLoader

from graders.errors import InTheWayError, NotFoundError

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None

# The order in which students meet the assignments; one that is not named here comes last.
ORDER = (
    "parameters",
    "backpropagation",
    "training",
    "convolutions",
    "lenses",
    "redshifts",
    "deblending",
    "displacement",
    "halos",
    "vae",
    "gan",
    "flows",
    "inference",
    "diffusion",
)
POLICY = "nbgrader_config.py"


@dataclass(frozen=True)
class Course:
    """Where the files of a course are; each folder of an assignment bears its name, and so does the notebook in it.

    Attributes:
        root: the folder that holds ``nbgrader_config.py``.
    """

    root: Path

    @classmethod
    def here(cls) -> "Course":
        """The course around the current folder.

        Raises:
            NotFoundError: outside a course.
            InTheWayError: in a folder whose name nbgrader takes for a pattern.
        """
        for folder in (Path.cwd(), *Path.cwd().parents):
            if (folder / POLICY).is_file() and (folder / "source").is_dir():
                refuse_patterns(folder)
                return cls(folder)
        raise NotFoundError(f"no course here: run this in the folder that holds {POLICY}")

    # --- what there is ------------------------------------------------------------------------------------------------

    @property
    def assignments(self) -> list[str]:
        """The assignments, discovered by their scripts in source/, in the order of the course."""
        return in_order(path.stem for path in (self.root / "source").glob("*.py"))

    def submissions(self, assignment: str) -> list[tuple[str, Path]]:
        """Who has handed something in, and the folder that holds it, by name."""
        found = sorted((self.root / "submitted").glob(f"*/{assignment}"))
        return [(path.parent.name, path) for path in found if path.is_dir()]

    # --- where it is --------------------------------------------------------------------------------------------------

    def script(self, assignment: str) -> Path:
        """The percent script."""
        return self.root / "source" / f"{assignment}.py"

    def source(self, assignment: str) -> Path:
        """The folder of the source notebook and of the files beside it."""
        return self.root / "source" / assignment

    def release(self, assignment: str) -> Path:
        """The folder of what students get."""
        return self.root / "release" / assignment

    def solution(self, assignment: str) -> Path:
        """The folder of the executed reference."""
        return self.root / "solutions" / assignment

    def submitted(self, student: str, assignment: str) -> Path:
        """The folder of what a student has handed in."""
        return self.root / "submitted" / student / assignment

    def graded(self, student: str, assignment: str) -> Path:
        """The folder of a graded submission."""
        return self.root / "autograded" / student / assignment

    def feedback(self, student: str, assignment: str) -> Path:
        """The folder of the page that a student gets back."""
        return self.root / "feedback" / student / assignment

    def fixtures(self, assignment: str) -> Path:
        """The folder of the right and wrong submissions that prove the tests."""
        return self.root / "tests" / "submissions" / assignment

    def withdraw_feedback(self, student: str, assignment: str) -> None:
        """Removes the page on a submission that is graded again: it says what is no longer true."""
        shutil.rmtree(self.feedback(student, assignment), ignore_errors=True)

    # --- the policy ---------------------------------------------------------------------------------------------------

    def config(self) -> Config:
        """What nbgrader_config.py says, for this folder."""
        config = PyFileConfigLoader(POLICY, path=str(self.root)).load_config()
        config.CourseDirectory.root = str(self.root)
        return config

    def gradebook(self) -> Gradebook:
        """The gradebook that nbgrader uses here, for a ``with`` statement: a file in the folder, or on a server.

        Raises:
            NotFoundError: before there is a gradebook.
        """
        coursedir = CourseDirectory(config=self.config())
        url = make_url(coursedir.db_url)
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            raise NotFoundError("no gradebook here yet: run `course build`, then `nbgrader autograde <assignment>`")
        return Gradebook(coursedir.db_url, coursedir.course_id)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Waits until nobody else registers assignments here: two that make the gradebook at once would fail."""
        with (self.root / ".registering.lock").open("w") as lock:
            if fcntl:
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def copy_policy(self, copy: "Course") -> None:
        """Puts the policy into a copy of the course, whose gradebook is a file of its own, never the class's."""
        shutil.copy(self.root / POLICY, copy.root)
        with (copy.root / POLICY).open("a", encoding="utf-8") as policy:
            policy.write(f"\nc.CourseDirectory.db_url = 'sqlite:///{copy.root / 'gradebook.db'}'\n")


# What of a path is read as something else, and as what: by glob, by the loader of configurations, by SQLAlchemy.
_MISREAD = {r"[*?[]": "a pattern", r"\$[\w{]": "a variable", r"%[0-9A-Fa-f]{2}": "a letter of an address"}


def refuse_patterns(root: Path) -> None:
    """Refuses to work where nbgrader, which reads more into a path than its letters, would find nothing.

    Raises:
        InTheWayError: if the path of the course has a pattern, a variable or an escaped letter.
    """
    for pattern, what in _MISREAD.items():
        if found := re.search(pattern, str(root)):
            raise InTheWayError(
                f"nbgrader takes {found[0]} in {root} for {what}, so it finds no file there: rename the folder"
            )


def is_linked(submission: Path) -> bool:
    """Whether a submission, or all of its student's, lies somewhere else, be it with another student."""
    return submission.is_symlink() or submission.parent.is_symlink()


def notebook_in(folder: Path) -> Path:
    """The notebook of an assignment's folder."""
    return folder / f"{folder.name}.ipynb"


def replace_folder(new: Path, old: Path) -> None:
    """Puts a copy of a folder in the place of another; where this is cut short, `course grade` grades it again."""
    beside = old.with_name(f".{old.name}.new")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.copytree(new, beside, symlinks=True)
    aside = old.with_name(f".{old.name}.old")
    shutil.rmtree(aside, ignore_errors=True)
    if old.exists():
        old.rename(aside)  # whole, or not at all
    beside.rename(old)
    shutil.rmtree(aside, ignore_errors=True)


def in_order(names: Iterable[str]) -> list[str]:
    """The names of assignments in the order of the course; those that it does not know come last, by name."""
    return sorted(names, key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))
