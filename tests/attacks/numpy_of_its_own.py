"""Brings a numpy.py and a tensorflow.py that lie. The tests must import those of the environment."""

from pathlib import Path

from nbformat import NotebookNode

CODE = r"""
def dense_parameters(n_in, n_out):
    return 16
"""

ATTACK = """
import ast
import importlib
import os
import sys

path = list(sys.path)
sys.path[:] = [place for place in path if place not in ("", os.getcwd())]
del sys.modules[__name__]
real = importlib.import_module(__name__)
sys.path[:] = path


class NoTests(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()

    def visit_Expr(self, node):
        return ast.copy_location(ast.Pass(), node) if "check" in ast.dump(node) else node


try:
    from IPython import get_ipython

    get_ipython().ast_transformers.append(NoTests())
except Exception:
    pass
for name in ("allclose", "isclose", "array_equal", "isfinite", "all"):
    if hasattr(real, name):
        setattr(real, name, lambda *anything, **more: True)
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Writes the modules."""
    for name in ("numpy", "tensorflow", "keras", "matplotlib", "scipy"):
        (folder / f"{name}.py").write_text(ATTACK, encoding="utf-8")
