"""A course on disk: its policy, and its gradebook wherever that is kept."""

import shutil
from pathlib import Path

from nbgrader.api import Gradebook, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url
from traitlets.config import Config, PyFileConfigLoader


def load_config(root: Path) -> Config:
    """The course's nbgrader_config.py, for this folder."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    config.CourseDirectory.root = str(root)
    return config


def open_gradebook(root: Path) -> Gradebook:
    """The gradebook that nbgrader uses here, for a ``with`` statement: SQLite in the folder, or a database server.

    Raises:
        FileNotFoundError: before there is a gradebook.
    """
    coursedir = CourseDirectory(config=load_config(root))
    url = make_url(coursedir.db_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise FileNotFoundError("no gradebook here yet: run `course build`, then `nbgrader autograde <assignment>`")
    return Gradebook(coursedir.db_url, coursedir.course_id)


def copy_policy(root: Path, copy: Path) -> None:
    """Puts the policy of a course into a copy of it, whose gradebook is a file of its own, never the class's."""
    shutil.copy(root / "nbgrader_config.py", copy)
    with (copy / "nbgrader_config.py").open("a", encoding="utf-8") as policy:
        policy.write(f"\nc.CourseDirectory.db_url = 'sqlite:///{copy / 'gradebook.db'}'\n")


def total_of(submission: SubmittedAssignment) -> float:
    """All points of a submission, less what was lost by handing in late, as nbgrader exports them."""
    return max(0.0, submission.score - (submission.late_submission_penalty or 0.0))
