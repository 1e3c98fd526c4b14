"""Has folders where the grader writes files of its own, folders of which two leave no room for a number in their names,
and a link to the hidden tests. All of that must be left out, for itself alone, and the answers be graded.
"""

from pathlib import Path

from nbformat import NotebookNode

RIGHT = True
POINTS = 25

CODE = r"""
from pathlib import Path

for path in sorted(Path(".").iterdir()):
    if path.is_file():
        print(path, path.read_text(errors="replace"))
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Makes the folders and the link."""
    for name in (".copied", "timestamp.invalid.txt", ".copied.ipynb"):
        (folder / name).mkdir()
        for number in range(2):
            (folder / name / str(number)).touch()
    for number in range(2):
        full = folder / ("a" * 146 + "é" * 54 + str(number))
        full.mkdir()
        for file in range(1001):
            (full / str(file)).touch()
    (folder / "timestamp.txt").write_text("yesterday", encoding="utf-8")
    (folder / "answers.txt").symlink_to(folder.parents[2] / "source" / folder.name / f"{folder.name}.ipynb")
