"""A course on disk: its policy, and its gradebook wherever that is kept."""

from pathlib import Path

from nbgrader.api import Gradebook
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
