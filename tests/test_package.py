"""The package declares what it imports, and works where it is installed from a wheel."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from helpers import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
ASK = """
import importlib.resources as resources
import graders
from graders.checks import parameters
from graders.libraries import requirements
parameters.check_dense(lambda n_in, n_out: (n_in + 1) * n_out)
assert any(line.startswith("numpy") for line in requirements())
print(graders.__file__)
"""


def names(requirements):
    """The packages in a list of requirements; those of a named extra of this project in its place."""
    for line in requirements:
        name, extras = re.match(r"([\w-]+)(?:\[([\w,-]+)\])?", line).groups()
        if name == PROJECT["name"]:
            for extra in extras.split(","):
                yield from names(EXTRAS[extra])
        else:
            yield name.lower()


def imported(folder):
    """The packages outside of the standard library that the scripts of a folder import, and by which of them."""
    found = {}
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
            for module in modules:
                found.setdefault(module.partition(".")[0], set()).add(path.name)
    return {name: files for name, files in found.items() if name not in sys.stdlib_module_names}


@pytest.mark.parametrize(("folder", "extras"), [("graders", ["cluster"]), ("simulations", ["simulate"])])
def test_what_is_imported_is_declared(folder, extras):
    declared = set(names([*PROJECT["dependencies"], *(line for extra in extras for line in EXTRAS[extra])]))
    ours = {"graders", "simulations", "inside"}
    ours |= {"google"} if folder == "graders" else set()  # Colab's own, on Colab
    distributions = packages_distributions()
    missing = {
        module: files
        for module, files in imported(folder).items()
        if module not in ours and not declared & {name.lower().replace("_", "-") for name in distributions[module]}
    }
    assert missing == {}


def test_what_an_extra_brings_is_imported_only_where_it_is_asked_for():
    found = imported("graders")
    assert {name for module in ("dask", "distributed", "dask_jobqueue") for name in found[module]} == {
        "cluster.py",
        "remote.py",
    }


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder into which a wheel of the project is installed; its dependencies are those of this environment."""
    copy, target = tmp_path_factory.mktemp("copy"), tmp_path_factory.mktemp("installed")
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-PROSE"):
        shutil.copy(ROOT / name, copy)
    for name in ("graders", "simulations"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "wheel", *offline, "--wheel-dir", copy / "dist", copy], check=True)
    (wheel,) = (copy / "dist").glob("*.whl")
    subprocess.run([*pip, "install", *offline, "--target", target, wheel], check=True)
    return target


def run(installed, *command):
    return subprocess.run(
        [sys.executable, *command],
        cwd=installed.parent,
        env=os.environ | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_wheel_has_every_file_of_the_package(installed):
    def files(folder):
        return {path.relative_to(folder) for path in (folder / "graders").rglob("*") if path.is_file()}

    compiled = {path for path in files(installed) | files(ROOT) if "__pycache__" in path.parts}
    assert files(installed) - compiled == files(ROOT) - compiled


def test_an_installed_package_judges_and_has_its_command(installed):
    done = run(installed, "-c", ASK)
    assert done.returncode == 0, done.stderr[-2000:]
    assert Path(done.stdout.strip()).is_relative_to(installed)
    for command in (("-m", "graders", "--help"), (str(installed / "bin" / "course"), "--help")):
        done = run(installed, *command)
        assert done.returncode == 0, done.stderr[-2000:]
        assert "rehearse" in done.stdout
