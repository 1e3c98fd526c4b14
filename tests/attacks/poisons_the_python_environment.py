"""Writes into site-packages a module that would weaken every later grading. It must be read-only."""

CODE = r"""
import os
import pathlib
import site
import sys

attack = "import os\nos.environ['POISONED'] = 'yes'\n"
places = {*site.getsitepackages(), sys.prefix, sys.base_prefix, os.path.dirname(os.__file__), *sys.path}
for place in map(pathlib.Path, sorted(places)):
    if pathlib.Path.cwd() == place.resolve():
        continue
    for name in ("poison_by_a_student.pth", "sitecustomize.py"):
        try:
            with open(place / name, "x") as file:
                file.write("" if name.endswith(".py") else "import poison_by_a_student\n")
            print("written", place / name)
        except OSError as error:
            print(error)
try:
    os.chmod(sys.executable, 0)
except OSError as error:
    print(error)


def dense_parameters(n_in, n_out):
    return 16
"""
