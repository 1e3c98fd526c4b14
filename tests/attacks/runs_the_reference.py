"""Reads the reference from the folders above it and runs it in place of an answer. It must not be in reach."""

LEAKS = True

CODE = r"""
import json
import pathlib


def dense_parameters(n_in, n_out):
    return 16


for parent in pathlib.Path.cwd().parents:
    for path in [*parent.glob("source/*/*.ipynb"), *parent.glob("solutions/*/*.ipynb")]:
        print(path)
        for cell in json.loads(path.read_text())["cells"]:
            text = "".join(cell["source"])
            if cell["cell_type"] == "code" and "def dense_parameters" in text:
                exec(text)
"""
