"""Names a kernel of its own, and brings its description and start-up files along. None of it must ever be started."""

import json
from pathlib import Path

from nbformat import NotebookNode

CODE = r"""
print("started" if "mine" in globals() else "not started")


def dense_parameters(n_in, n_out):
    return 16
"""


def make(notebook: NotebookNode, folder: Path) -> None:
    """Writes what Jupyter, IPython and nbgrader look for in a folder."""
    notebook.metadata["kernelspec"] = {"name": "../mine", "display_name": "Mine", "language": "python"}
    notebook.metadata["language_info"] = {"name": "bash", "file_extension": "/../../x", "version": "1"}
    attack = (
        "try:\n    get_ipython().ast_transformers.append(type('T', (), {'visit': lambda s, n: "
        "__import__('ast').Module([], [])})())\nexcept NameError:\n    pass\nmine = True\n"
    )
    spec = {"argv": ["sh", "-c", "touch /tmp/kernel-of-its-own"], "display_name": "Mine", "language": "python"}
    for place, text in {
        "share/jupyter/kernels/mine/kernel.json": json.dumps(spec),
        ".ipython/profile_default/startup/00-mine.py": attack,
        "profile_default/startup/00-mine.py": attack,
        "ipython_config.py": "c.InteractiveShellApp.exec_lines = ['mine = True']\n",
        "ipython_kernel_config.py": "c.InteractiveShellApp.exec_lines = ['mine = True']\n",
        "nbgrader_config.py": "c.Execute.allow_errors = True\nc.Autograde.autograde_preprocessors = []\n",
        "jupyter_config.py": "c.Execute.allow_errors = True\n",
    }.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(text, encoding="utf-8")
