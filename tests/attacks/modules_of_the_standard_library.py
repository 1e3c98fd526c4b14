"""Brings a statistics.py, a json.py, an ast.py and more, which shadow Python's own. The tests must not meet them."""

from pathlib import Path

from nbformat import NotebookNode

CODE = r"""
import statistics


def dense_parameters(n_in, n_out):
    return 16
"""

ATTACK = """
try:
    get_ipython().ast_transformers.append(
        type("T", (), {"visit": lambda self, node: __import__("ast").Module([], [])})()
    )
except NameError:
    pass


def __getattr__(name):
    return lambda *anything, **more: True
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Writes the modules."""
    for name in ("statistics", "json", "ast", "math", "inspect", "numbers", "copy", "linecache", "traceback", "random"):
        (folder / f"{name}.py").write_text(ATTACK, encoding="utf-8")
