"""Brings a sitecustomize.py, a usercustomize.py and .pth files, which Python runs at its start. They must not run."""

from pathlib import Path

from nbformat import NotebookNode

CODE = r"""
import os
import subprocess
import sys

done = subprocess.run([sys.executable, "-c", "pass"], capture_output=True, text=True)
print(done.stdout, os.environ.get("CUSTOMISED"))


def dense_parameters(n_in, n_out):
    return 16
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Writes the files wherever Python or pip may look."""
    attack = "import os\nos.environ['CUSTOMISED'] = 'yes'\nprint('customised')\n"
    for name in ("sitecustomize.py", "usercustomize.py", "conftest.py", "setup.py"):
        (folder / name).write_text(attack, encoding="utf-8")
    (folder / "mine.pth").write_text("import sitecustomize\n", encoding="utf-8")
    (folder / "pyvenv.cfg").write_text("home = .\n", encoding="utf-8")
    (folder / "parameters.py").write_text(attack, encoding="utf-8")
