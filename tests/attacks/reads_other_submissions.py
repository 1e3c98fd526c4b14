"""Reads what other students have handed in, by every way up it can think of. It must find no one."""

LEAKS = True

CODE = r"""
import json
import pathlib


def dense_parameters(n_in, n_out):
    return 16


here = pathlib.Path.cwd()
for parent in here.parents:
    for pattern in ("*/parameters/parameters.ipynb", "submitted/*/parameters/*.ipynb", "autograded/*/parameters/*"):
        for path in sorted(parent.glob(pattern)):
            if path.suffix != ".ipynb" or here in path.parents:
                continue
            for cell in json.loads(path.read_text())["cells"]:
                text = "".join(cell["source"])
                if text.startswith("def dense_parameters") and "NotImplemented" not in text:
                    try:
                        exec(text)
                    except Exception as error:
                        print(error)
"""
