"""Imports the checks, and looks for the folder they were installed from. They must not be installed for it."""

LEAKS = True

CODE = r"""
import importlib.metadata
import importlib.util
import inspect
import pathlib
import sys

for name in ("graders", "graders.checks", "graders.checks.parameters", "graders.sealed.examiner", "simulations"):
    try:
        found = importlib.import_module(name)
        print(name, getattr(found, "__file__", None), inspect.getsource(found)[:300])
    except Exception as error:
        print(name, type(error), error)
for place in map(pathlib.Path, sys.path):
    for path in [*place.glob("*.pth"), *place.glob("__editable__*"), *place.glob("*cosmology*/*")]:
        try:
            text = path.read_text(errors="replace")
        except OSError as error:
            text = str(error)
        for word in text.replace('"', " ").replace("'", " ").split():
            folder = pathlib.Path(word.removeprefix("file://"))
            if folder.is_absolute() and folder.is_dir():
                print(word, sorted(map(str, folder.iterdir()))[:20])
                for check in folder.glob("**/checks/parameters.py"):
                    print(check.read_text()[:2000])


def dense_parameters(n_in, n_out):
    try:
        from graders.checks import parameters

        return parameters.keras.layers.Dense(n_out).compute_output_shape((None, n_in))
    except ImportError:
        return 16
"""
