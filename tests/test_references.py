"""`course references` says what references reach, how fast and on what; it fails without a GPU where one is due."""

import csv
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from helpers import ASSIGNMENTS, LIGHT, ROOT, run

from graders.errors import InTheWayError
from graders.proof.references.report import claim
from graders.proof.references.run import Reference, used_gpu
from graders.source import read_assignment

# Named like an assignment that trains, whose checks measure `classify` and `classify_compact`.
TOY = "lenses"
SOURCE = """
# %% [markdown]
# # A toy
#
# ## How bright the images are

# %%
import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

weight = tf.Variable(1.0)
steps = tf.Variable(0)
plt.plot([0, 1])
plt.show()

# %% solution="toy-classify"
def classify(images):
    ### BEGIN SOLUTION: Return the sum of each image.
    return np.asarray(images).sum(axis=(1, 2))
    ### END SOLUTION

classify_compact = classify

# %% test="toy-classify" points=2
assert Path("beside.txt").read_text() == "a file that students get"
### BEGIN HIDDEN TESTS
assert classify(np.ones((2, 3, 3))).tolist() == [9.0, 9.0]
### END HIDDEN TESTS

# %% test="toy-classify" points=3 needs="training"
### BEGIN HIDDEN TESTS
assert not os.environ["COURSE_BUDGET"], f"trained with {os.environ['COURSE_BUDGET']}, seed {os.environ['COURSE_SEED']}"
### END HIDDEN TESTS
"""
NO_GPU = {"CUDA_VISIBLE_DEVICES": ""}


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course with one small assignment, which fails the test that needs training."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / "source" / TOY).mkdir(parents=True)
    (root / "source" / f"{TOY}.py").write_text(SOURCE, encoding="utf-8")
    (root / "source" / TOY / "beside.txt").write_text("a file that students get", encoding="utf-8")
    shutil.copytree(ROOT / "docs" / "thresholds", root / "docs" / "thresholds")
    return root


@dataclass
class Report:
    """What a run printed and wrote."""

    code: int
    printed: str
    folder: Path

    @property
    def page(self) -> str:
        return (self.folder / "index.html").read_text(encoding="utf-8")

    def table(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))


def report(course: Path, folder: str, *options: str) -> Report:
    done = run(course, "course", "references", "--output", folder, *options, **NO_GPU)
    return Report(done.returncode, done.stdout + done.stderr, course / folder)


@pytest.fixture(scope="module")
def proof(course) -> Report:
    return report(course, "proof", "--budget", "proof")


@pytest.fixture(scope="module")
def laptop(course) -> Report:
    return report(course, "laptop", "--seed", "7")


def test_what_needs_training_is_left_out_of_a_proof(proof):
    assert proof.code == 0, proof.printed
    (row,) = proof.table("runs.csv")
    assert (row["points"], row["max_points"], row["failures"]) == ("2", "2", "")


def test_a_failed_hidden_test_fails_the_run_with_its_sentence(laptop):
    assert laptop.code == 1, laptop.printed
    (row,) = laptop.table("runs.csv")
    assert (row["points"], row["max_points"]) == ("2", "5")
    for text in (laptop.printed, laptop.page, row["failures"], (laptop.folder / "summary.md").read_text()):
        assert "trained with laptop, seed 7" in text


def test_report_has_what_the_checks_measure_beside_what_they_ask_and_what_is_recorded(proof):
    rows = {row["quantity"]: row for row in proof.table("metrics.csv")}
    assert rows.keys() == {"classify", "classify_compact"}
    assert 0.4 < float(rows["classify"]["value"]) < 1.0
    assert rows["classify"]["asked"] == "≥ 0.85, ≥ 0.9, ≥ 0.95, ≤ 0.9995"
    recorded = json.loads((ROOT / "docs" / "thresholds" / f"{TOY}.json").read_text()).values()
    mean = sum(run["classify"] for run in recorded) / len(recorded)
    assert float(rows["classify"]["released_mean"]) == pytest.approx(mean)


def test_report_has_time_memory_and_device(proof):
    (run,) = json.loads((proof.folder / "references.json").read_text())["references"]
    assert 0 < run["slowest_seconds"] <= run["seconds"]
    assert run["cpu_seconds"] > 1, "TensorFlow alone takes longer"
    assert run["memory_mib"] > 100
    assert run["variables"] == {"CPU:0": 1}, "the counter is not a trained array"


def test_page_needs_no_other_file(proof):
    links = re.findall(r'(?:src|href)="([^"]*)"|url\(', proof.page)
    assert links
    assert all(link.startswith(("data:image/png;base64,", "#")) for link in links)
    assert "<script" not in proof.page


def test_plots_are_pictures_under_the_heading_that_they_had(proof):
    (picture,) = (proof.folder / "plots").iterdir()
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert re.search(r'<figure><img [^>]*alt="[^"]+"><figcaption>How bright the images are</figcaption>', proof.page)


def test_executed_notebook_is_the_source_with_its_outputs(course, proof):
    notebook = nbformat.read(proof.folder / "notebooks" / f"{TOY}.ipynb", as_version=4)
    cells = read_assignment(course / "source" / f"{TOY}.py").cells
    assert [cell.source for cell in notebook.cells] == [cell.source for cell in cells]
    assert notebook.cells[1].outputs


def test_without_a_gpu_the_gpu_run_is_refused_in_one_sentence(course):
    done = report(course, "refused", "--require-gpu")
    assert done.code == 2
    assert done.printed.startswith("course: no GPU: TensorFlow ")
    assert len(done.printed.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "variables", "used"),
    [
        (TOY, {"CPU:0": 2, "GPU:0": 1}, True),
        (TOY, {"CPU:0": 9}, False),
        (TOY, {}, False),
        (LIGHT, {}, True),  # nothing is trained
    ],
)
def test_a_gpu_was_used_where_a_trained_array_lived_on_one(name, variables, used):
    assert used_gpu(ASSIGNMENTS[name], Reference(name, variables=variables)) is used


def test_report_overwrites_itself_and_nothing_else(tmp_path):
    claim(tmp_path / "new")
    (tmp_path / "new" / "plots" / "of-before.png").touch()
    claim(tmp_path / "new")
    assert not any((tmp_path / "new" / "plots").iterdir())
    (tmp_path / "new" / "thesis.tex").touch()
    with pytest.raises(InTheWayError, match=r"holds other files, such as thesis\.tex"):
        claim(tmp_path / "new")
    with pytest.raises(InTheWayError, match="is a file"):
        claim(tmp_path / "new" / "thesis.tex")
