"""Brings a numpy.py and a tensorflow.py that lie. The tests must import those of the environment."""

from pathlib import Path

from nbformat import NotebookNode

CODE = r"""
def dense_parameters(n_in, n_out):
    return 16
"""

LENIENT = """
class Yes:
    size, ndim, shape = 1, 0, ()

    def __getattr__(self, name):
        return Yes()

    def __call__(self, *anything, **more):
        return Yes()

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __bool__(self):
        return True


def __getattr__(name):
    return Yes()
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Writes the modules."""
    for name in ("numpy", "tensorflow", "keras", "matplotlib", "scipy"):
        (folder / f"{name}.py").write_text(LENIENT, encoding="utf-8")
