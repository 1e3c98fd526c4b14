"""What is committed is what the sources say, and a build is the same byte for byte."""

import shutil
import subprocess
import sys

import nbformat
import pytest
from helpers import ASSIGNMENTS, COURSE, LIGHT, NAMES, ROOT, copy_script

from graders.build import BuildError, build, drift, solution_is_current
from graders.course import Course
from graders.source import read_assignment

WITH_MODULES = next(name for name in NAMES if any(COURSE.source(name).glob("*.py")))


def copy_of_the_course(folder, *names):
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    for name in names:
        copy_script(name, folder)
        for kind in ("source", "release", "solutions"):
            shutil.copytree(ROOT / kind / name, folder / kind / name)
    return folder


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.ipynb")}


def test_committed_files_are_what_the_sources_say():
    assert drift(COURSE, list(ASSIGNMENTS.values())) == []


@pytest.mark.parametrize("name", [LIGHT])
def test_a_rebuild_is_byte_identical(tmp_path, name):
    course = copy_of_the_course(tmp_path, name)
    build(Course(course), [ASSIGNMENTS[name]], say=lambda line: None, execute_all=True)
    once = contents(course)
    build(Course(course), [ASSIGNMENTS[name]], say=lambda line: None, execute_all=True)
    assert contents(course) == once
    for kind in ("source", "release"):
        path = f"{kind}/{name}/{name}.ipynb"
        assert (course / path).read_bytes() == (ROOT / path).read_bytes()


@pytest.mark.parametrize("kind", ["source", "release", "solutions"])
def test_drift_names_the_file_that_differs(tmp_path, kind):
    name = LIGHT
    course = copy_of_the_course(tmp_path, name)
    path = course / kind / name / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source += "\nA change by hand."
    nbformat.write(notebook, path)
    assert drift(Course(course), [ASSIGNMENTS[name]]) == [f"{kind}/{name}/{name}.ipynb"]


def test_a_changed_source_is_drift_everywhere(tmp_path):
    name = LIGHT
    course = copy_of_the_course(tmp_path, name)
    script = course / "source" / f"{name}.py"
    script.write_text(script.read_text() + "\n# %% [markdown]\n# One more remark.\n")
    files = drift(Course(course), [read_assignment(script)])
    assert files == [f"{kind}/{name}/{name}.ipynb" for kind in ("source", "release", "solutions")]


@pytest.mark.filterwarnings("ignore:Object of type <Submitted")  # nbgrader's own order of things
def test_a_build_that_nbgrader_refuses_leaves_everything_as_it_was(tmp_path):
    """Cells are not added to a notebook that somebody has handed in."""
    name = LIGHT
    course = Course(copy_of_the_course(tmp_path, name))
    build(course, [ASSIGNMENTS[name]], say=lambda line: None)
    with course.gradebook() as gradebook:
        gradebook.add_student("ada")
        gradebook.add_submission(name, "ada")
    before = contents(course.root)
    script = course.script(name)
    script.write_text(script.read_text() + "\n# %% [markdown]\n# One more remark.\n")
    with pytest.raises(BuildError, match="submissions associated"):
        build(course, [read_assignment(script)], say=lambda line: None)
    assert contents(course.root) == before


TOY = """# %% solution="{0}-double"
def double(x):
    ### BEGIN SOLUTION: Return twice x.
    return 2 * x
    ### END SOLUTION


# %% test="{0}-double" points=2
assert double(1) == 2
### BEGIN HIDDEN TESTS
assert double(3) == 6
### END HIDDEN TESTS
"""


@pytest.mark.parametrize("names", [["one", "two", "three", "four"], ["one"] * 4], ids=["different ones", "the same"])
def test_first_builds_at_once_all_finish(names, tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    course = Course(tmp_path)
    (tmp_path / "source").mkdir()
    for name in names:
        course.script(name).write_text(TOY.format(name))
    register = "import sys; from pathlib import Path; from graders.build import register; "
    register += "from graders.course import Course; from graders.source import read_assignment; "
    register += "course = Course(Path(sys.argv[1])); register(read_assignment(course.script(sys.argv[2])), course)"
    builds = [subprocess.Popen([sys.executable, "-c", register, tmp_path, name]) for name in names]
    assert [build.wait() for build in builds] == [0] * len(names)
    with course.gradebook() as gradebook:
        assert sorted(one.name for one in gradebook.assignments) == sorted(set(names))


def test_a_solution_is_as_old_as_the_modules_beside_it(tmp_path):
    course = Course(copy_of_the_course(tmp_path, WITH_MODULES))
    assert solution_is_current(ASSIGNMENTS[WITH_MODULES], course)
    module = sorted(course.source(WITH_MODULES).glob("*.py"))[0]
    module.write_text(module.read_text() + "\nX = 1\n")
    assert not solution_is_current(ASSIGNMENTS[WITH_MODULES], course)


def test_a_reference_that_stops_is_no_solution(tmp_path):
    name = LIGHT
    course = copy_of_the_course(tmp_path, name)
    script = course / "source" / "broken.py"
    script.write_text("# %% [markdown]\n# # Broken\n# %%\nraise ValueError('as it happens')\n")
    with pytest.raises(BuildError, match="broken: a cell of the reference stops with an error"):
        build(Course(course), [read_assignment(script)], say=lambda line: None)


def test_solutions_show_the_released_budget_whatever_the_shell_says(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_BUDGET", "proof")
    monkeypatch.setenv("COURSE_SEED", "3")
    course = copy_of_the_course(tmp_path)
    script = course / "source" / "toy.py"
    script.parent.mkdir()
    script.write_text('# %%\nimport os\n\nprint(os.environ["COURSE_BUDGET"], os.environ["COURSE_SEED"])\n')
    build(Course(course), [read_assignment(script)], say=lambda line: None)
    notebook = nbformat.read(course / "solutions" / "toy" / "toy.ipynb", as_version=4)
    assert notebook.cells[0].outputs[0].text == "laptop 0\n"


@pytest.mark.parametrize("name", NAMES)
def test_solutions_are_executed_and_show_plots(name):
    notebook = nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", as_version=4)
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert not any(output.output_type == "error" for output in outputs)


@pytest.mark.parametrize("name", NAMES)
def test_release_is_light(name):
    files = [path for path in (ROOT / "release" / name).rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 10e6


@pytest.mark.parametrize("name", NAMES)
def test_executed_solutions_show_their_plots_and_no_warnings(name):
    cells = nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", as_version=4).cells
    for cell in cells:
        outputs = cell.get("outputs", [])
        if cell.cell_type == "code" and "show_figure(" in cell.source and "def " not in cell.source:
            assert any("image/png" in output.get("data", {}) for output in outputs), cell.id
        assert not [output for output in outputs if "site-packages" in str(output.get("text", ""))], cell.id
