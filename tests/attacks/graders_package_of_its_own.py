"""Brings a graders package whose checks all pass. The tests must import the course's own."""

from pathlib import Path

from nbformat import NotebookNode

CODE = r"""
def dense_parameters(n_in, n_out):
    return 16
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Writes the package, and the wire's own modules as well."""
    lenient = "def __getattr__(name):\n    return lambda *anything, **more: None\n"
    for place in ("graders", "graders/checks", "graders/sealed", "graders/sealed/inside", "inside"):
        (folder / place).mkdir(exist_ok=True)
        (folder / place / "__init__.py").write_text("", encoding="utf-8")
    for place in (
        "graders/checks/parameters.py",
        "graders/checks/ladder.py",
        "graders/sealed/examiner.py",
        "graders/sealed/handles.py",
        "inside/candidate.py",
        "inside/wire.py",
    ):
        (folder / place).write_text(lenient, encoding="utf-8")
