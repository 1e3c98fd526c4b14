"""A mistake in a percent script is one line: file, line, what is wrong and what to do."""

import pytest

from graders.source import SourceError, read_assignment, stub, task_of, to_notebook

TASK = '''# %% solution="toy-double"
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION: Return twice x.
    return 2 * x
    ### END SOLUTION
'''
TEST = """# %% test="toy-double" points=2
assert double(2) == 4, "double(2) should be 4"
### BEGIN HIDDEN TESTS
assert double(3) == 6, "double(3) should be 6"
### END HIDDEN TESTS
"""
ANSWER = """# %% [markdown] answer="toy-why" points=3
# Why?
#
# === BEGIN MARK SCHEME ===
# One point for a reason.
# === END MARK SCHEME ===
"""
GOOD = "# %% [markdown]\n# # Toy\n" + TASK + TEST + ANSWER

MISTAKES = {
    "nothing at all": ("", 1, "no cell"),
    "code before the first header": ("x = 1\n" + GOOD, 1, "code before the first"),
    "header without a space": (GOOD.replace("# %% solution", "#%% solution"), 3, "malformed header"),
    "option that cannot be read": (GOOD.replace('test="toy-double" points=2', "test=toy points=2"), 9, "cannot read"),
    "unknown option": (GOOD.replace("points=2", "points=2 weight=3"), 9, "unknown option 'weight'"),
    "option twice": (GOOD.replace("points=2", "points=2 points=3"), 9, "given twice"),
    "needs something else": (GOOD.replace("points=2", 'points=2 needs="a gpu"'), 9, 'as needs="training"'),
    "needs on a solution": (
        GOOD.replace('solution="toy-double"', 'solution="toy-double" needs="training"'),
        3,
        "only a test has it",
    ),
    "two kinds": (GOOD.replace('solution="toy-double"', 'solution="toy-double" test="a-b"'), 3, "cannot be both"),
    "points on prose": (GOOD.replace("# %% [markdown]\n", "# %% [markdown] points=1\n", 1), 1, "remove them"),
    "points on a solution": (GOOD.replace('solution="toy-double"', 'solution="toy-double" points=1'), 3, "belong to"),
    "test without points": (GOOD.replace(" points=2", ""), 9, "has no points"),
    "test worth nothing": (GOOD.replace("points=2", "points=0"), 9, "has no points"),
    "slug without a task": (GOOD.replace("toy-double", "double"), 3, "is no slug"),
    "solution in Markdown": (GOOD.replace("# %% solution", "# %% [markdown] solution"), 3, "must be a code cell"),
    "answer in code": (GOOD.replace("# %% [markdown] answer", "# %% answer"), 14, "must be a [markdown] cell"),
    "slug that ends like a test": (GOOD.replace("toy-why", "toy-test-2"), 14, "ends as the id of a test does"),
    "unknown part": ('# %% include="setup"\n' + GOOD, 1, "no part 'setup' in parts/: there are none"),
    "include in Markdown": ('# %% [markdown] include="setup"\n' + GOOD, 1, "stands alone"),
    "include with points": ('# %% include="setup" points=1\n' + GOOD, 1, "stands alone"),
    "duplicate slug": (GOOD + TASK, 20, "used twice"),
    "answer with the slug of a task": (GOOD.replace("toy-why", "toy-double"), 14, "used twice"),
    "test without a solution": (GOOD.replace(TASK, ""), 3, "has no solution before it"),
    "test before its solution": (GOOD.replace(TASK + TEST, TEST + TASK), 3, "has no solution before it"),
    "solution without a test": (GOOD.replace(TEST, ""), 3, "has no test"),
    "task without a hidden test": (
        GOOD.replace("### BEGIN HIDDEN TESTS\n", "").replace("### END HIDDEN TESTS\n", ""),
        9,
        "no hidden test",
    ),
    "misspelt hidden test": (GOOD.replace("### BEGIN HIDDEN TESTS", "### BEGIN HIDDEN TEST"), 11, "not a delimiter"),
    "hidden test in another case": (GOOD.replace("### BEGIN HIDDEN", "# begin hidden"), 11, "not a delimiter"),
    "hidden test that never ends": (GOOD.replace("### END HIDDEN TESTS\n", ""), 11, "never ends"),
    "hidden test that never begins": (GOOD.replace("### BEGIN HIDDEN TESTS\n", ""), 12, "never began"),
    "stub without a sentence": (GOOD.replace(": Return twice x.", ""), 6, "not a delimiter"),
    "stub that does not raise": (
        GOOD.replace("    ### BEGIN SOLUTION: Return twice x.\n", "").replace("    ### END SOLUTION\n", ""),
        3,
        "no stub that raises",
    ),
    "solution outside a solution cell": (GOOD.replace(' solution="toy-double"', ""), 6, "not a delimiter"),
    "code that is no Python": (GOOD.replace("return 2 * x", "return 2 *"), 7, "the code is not plain Python"),
    "magic": (GOOD.replace('assert double(2) == 4, "double(2) should be 4"', "%timeit double(2)"), 10, "magics"),
    "answer without a mark scheme": (GOOD.split("#\n# === BEGIN")[0], 14, "no mark scheme"),
    "answer without a question": (GOOD.replace("# Why?\n#\n", ""), 14, "no question"),
}


def write(folder, text):
    path = folder / "toy.py"
    path.write_text(text)
    return path


@pytest.mark.parametrize(("text", "line", "words"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line_with_file_and_line(tmp_path, text, line, words):
    path = write(tmp_path, text)
    with pytest.raises(SourceError) as caught:
        read_assignment(path)
    message = str(caught.value)
    assert message.startswith(f"{path}:{line}: "), message
    assert words in message
    assert "\n" not in message


def test_a_good_script_becomes_a_notebook_with_fixed_ids(tmp_path):
    assignment = read_assignment(write(tmp_path, GOOD))
    notebook = to_notebook(assignment)
    assert [cell.id for cell in notebook.cells] == [
        "toy-prose-01",
        "toy-double",
        "toy-double-test",
        "toy-why",
        "toy-why-answer",
    ]
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code", "code", "markdown", "markdown"]
    assert notebook.cells[2].metadata.nbgrader.points == 2
    assert (assignment.auto_points, assignment.manual_points) == (2, 3)


PARTS = {
    "nothing": ("", 1, "no cell"),
    "a task": (TASK, 1, "a part holds prose and code alone: put the solution into a notebook"),
    "another part": ('# %% include="other"\n', 1, "a part includes no other"),
    "no Python": ("# %%\nx = 1\ny = 2 *\n", 3, "the code is not plain Python"),
    "a hidden test": ("# %%\n### BEGIN HIDDEN TESTS\n", 2, "not a delimiter"),
}


@pytest.fixture
def course(tmp_path):
    """A course with one part, and a notebook that includes it below its title."""
    for folder in ("source", "parts"):
        (tmp_path / folder).mkdir()
    (tmp_path / "parts" / "setup.py").write_text("# %% [markdown]\n# ## How\n# %%\nimport math\n")
    write(tmp_path / "source", GOOD.replace("# # Toy\n", '# # Toy\n# %% include="setup"\n# %%\nimport os\n'))
    return tmp_path


@pytest.mark.parametrize(("text", "line", "words"), PARTS.values(), ids=PARTS)
def test_a_mistake_in_a_part_is_told_with_the_file_and_line_of_the_part(course, text, line, words):
    part = course / "parts" / "setup.py"
    part.write_text(text)
    with pytest.raises(SourceError) as caught:
        read_assignment(course / "source" / "toy.py")
    assert str(caught.value).startswith(f"{part}:{line}: ")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [('include="set-up"', "no part 'set-up' in parts/: there are setup"), ('include="setup"\nx = 1', "text below")],
)
def test_a_mistake_in_an_include_is_told_with_the_line_of_the_notebook(course, line, words):
    script = course / "source" / "toy.py"
    script.write_text(script.read_text().replace('include="setup"', line))
    with pytest.raises(SourceError, match=rf"^{script}:{3 + line.count(chr(10))}: {words}"):
        read_assignment(script)


def test_the_cells_of_a_part_stand_where_it_is_included_and_are_numbered_like_all_others(course):
    cells = to_notebook(read_assignment(course / "source" / "toy.py")).cells
    assert [(cell.id, cell.source) for cell in cells[:4]] == [
        ("toy-prose-01", "# Toy"),
        ("toy-prose-02", "## How"),
        ("toy-code-01", "import math"),
        ("toy-code-02", "import os"),
    ]
    assert all(cell.metadata.nbgrader.locked for cell in cells[:4])


def test_a_picture_is_attached_to_the_cell_that_shows_it(course):
    (course / "parts" / "pictures").mkdir()
    (course / "parts" / "pictures" / "dot.png").write_bytes(b"a dot")
    script = course / "source" / "toy.py"
    script.write_text(script.read_text().replace("# # Toy", "# # Toy\n#\n# ![a dot](attachment:dot.png)"))
    first, second, *_ = to_notebook(read_assignment(script)).cells
    assert first.attachments == {"dot.png": {"image/png": "YSBkb3Q="}}
    assert "attachments" not in second
    script.write_text(script.read_text().replace("attachment:dot", "attachment:dots"))
    with pytest.raises(SourceError, match=r"no picture 'dots.png' in parts/pictures/: there are dot.png"):
        read_assignment(script)


def test_all_tests_of_a_task_belong_to_it(tmp_path):
    cells = read_assignment(write(tmp_path, GOOD.replace(ANSWER, TEST + ANSWER))).cells
    assert [(cell.grade_id, task_of(cell.grade_id)) for cell in cells if cell.slug] == [
        ("toy-double", "toy-double"),
        ("toy-double-test", "toy-double"),
        ("toy-double-test-2", "toy-double"),
        ("toy-why", "toy-why"),
    ]


def test_a_test_may_need_training_and_the_notebook_does_not_say_so(tmp_path):
    plain = read_assignment(write(tmp_path, GOOD))
    trained = read_assignment(write(tmp_path, GOOD.replace("points=2", 'points=2 needs="training"')))
    assert [cell.trained for cell in trained.of_kind("test")] == [True]
    assert (plain.trained_points, trained.trained_points) == (0, 2)
    assert to_notebook(trained) == to_notebook(plain)


def test_a_stub_keeps_the_signature_and_raises_its_sentence(tmp_path):
    assignment = read_assignment(write(tmp_path, GOOD))
    namespace = {}
    exec(stub(assignment.of_kind("solution")[0].source), namespace)
    assert namespace["double"].__doc__ == "Twice x."
    with pytest.raises(NotImplementedError, match=r"Return twice x\."):
        namespace["double"](1)
