"""What a test depends on is read off the syntax: enough that no answer can change another test unnoticed."""

import pytest
from helpers import ASSIGNMENTS, COURSE, LIGHT, NAMES

from graders.proof.dependencies import names_of, slice_of
from graders.proof.fixtures import everyone
from graders.proof.rehearsal import rehearsal_of, rehearse
from graders.proof.workers import warm_workers
from graders.source import Cell


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("y = f(x)", {"f", "x"}),
        ("x = 1\ny = x", set()),
        ("x = x + 1", {"x"}),
        ("x += 1", {"x"}),
        ("a[i] = 1", {"a", "i"}),
        ("y = [v for v in data]", {"data"}),
        ("y = [v for v in data]\nprint(v)", {"data", "v", "print"}),
        ("y = {k: w for k, w in pairs if w > k}", {"pairs"}),
        ("for v in data:\n    w = v\nz = w", {"data", "w"}),
        ("if a:\n    b = 1\nc = b", {"a", "b"}),
        ("try:\n    b = f()\nexcept ValueError as error:\n    c = error\nd = b", {"f", "ValueError", "b"}),
        ("with open(p) as file:\n    t = file.read()\nu = t", {"open", "p"}),
        ("def f(x, y=z):\n    return x + g(y)", {"z", "g"}),
        ("f = lambda x: x + c", {"c"}),
        ("class A(B):\n    c = d\n    def m(self):\n        return self.c + e", {"B", "d", "e"}),
        ("def f():\n    local = 1\n    return local\nprint(local)", {"print", "local"}),
        ("def f():\n    try:\n        a = g()\n    except E:\n        a = 0\n    return a", {"g", "E"}),
        ("def f():\n    b = [a for a in c]\n    return a", {"c", "a"}),
        ("def f():\n    global a\n    a = a + 1", {"a"}),
        ('s = f"{name:{width}}"', {"name", "width"}),
        ("if (n := f()) > 1:\n    m = n", {"f"}),
        ("import numpy as np\nnp.pi", set()),
        ("def broken(:", set()),
    ],
)
def test_names_that_come_from_other_cells(source, reads):
    assert names_of(source).reads == reads


@pytest.mark.parametrize(
    ("source", "writes", "always"),
    [
        ("x = 1", {"x"}, {"x"}),
        ("a, (b, *c) = f()", {"a", "b", "c"}, {"a", "b", "c"}),
        ("def f():\n    inside = 1", {"f"}, {"f"}),
        ("class A:\n    inside = 1", {"A"}, {"A"}),
        ("import a.b, c as d\nfrom e import g", {"a", "d", "g"}, {"a", "d", "g"}),
        ("if a:\n    b = 1", {"b"}, set()),
        ("for v in data:\n    w = v", {"v", "w"}, set()),
        ("y = [v for v in data]", {"y"}, {"y"}),
        ("with f() as g:\n    h = g", {"g", "h"}, {"g", "h"}),
    ],
)
def test_names_that_a_cell_defines(source, writes, always):
    names = names_of(source)
    assert (names.writes, names.always) == (writes, always)


def needed(*sources):
    cells = [names_of(source) for source in sources]
    return slice_of(cells, len(cells) - 1)


def test_a_cell_depends_on_the_last_that_defines_what_it_reads():
    assert needed("x = 1", "x = 2", "print(x)") == {1, 2}


def test_and_on_all_that_may_have_defined_it():
    assert needed("x = 1", "if a:\n    x = 2", "print(x)") == {0, 1, 2}


def test_and_on_what_these_read():
    assert needed("def f(): ...", "def g(): return f()", "data = g()", "plot(data)", "test(data)") == {0, 1, 2, 4}


def test_a_function_looks_its_names_up_when_it_is_called():
    assert needed("def train(): return loss()", "def loss(): ...", "train()", "test(train)") == {0, 1, 3}
    assert needed("f = [loss() for _ in x]", "def loss(): ...", "test(f)") == {0, 2}


@pytest.mark.parametrize("change", ["model.fit(x)", "model.layers[0].rate = 2", "model['a'] = 1", "model.n += 1"])
def test_and_on_what_changes_an_object(change):
    assert needed("model = build()", change, "test(model)") == {0, 1, 2}


def test_but_not_on_what_is_called_in_a_module():
    setup = "import tensorflow as tf\nimport matplotlib.pyplot as plt\ntfk = tf.keras"
    assert needed(setup, "tfk.utils.set_random_seed(0)", "plt.show()", "tfk.Model(), plt") == {0, 3}


def whole(assignment, answers):
    """Every cell and every test that needs no training, in order."""
    outcomes = []
    with rehearsal_of(assignment) as rehearsal:
        for cell in assignment.cells:
            if cell.kind == "test" and not cell.trained:
                outcomes.append(rehearsal.judge(cell))
            elif cell.kind in ("code", "solution"):
                rehearsal.run(answers.get(cell.slug, cell.source), cell.grade_id)
    return outcomes


@pytest.mark.turns(7)
@pytest.mark.parametrize("name", [LIGHT])
def test_what_depends_on_no_answer_gives_what_the_reference_gets(name):
    """The whole notebook gives every test what the part that depends on the answers gives it."""
    students = everyone(COURSE, ASSIGNMENTS[name])[::4]
    with warm_workers() as pool:
        for student, parts, all_cells in zip(
            students,
            pool.map(rehearse, [ASSIGNMENTS[name]] * len(students), [one.answers for one in students]),
            pool.map(whole, [ASSIGNMENTS[name]] * len(students), [one.answers for one in students]),
            strict=True,
        ):
            assert parts == all_cells, student.name


def overwritten(cells):
    """Names of locked cells that a test assigns and a later locked cell reads, with these three cells."""
    found, owners = [], {}
    for cell in cells:
        if cell.kind not in ("code", "solution", "test"):
            continue
        names = names_of(cell.source)
        if cell.kind == "code":
            found += [(name, *owners[name], cell.grade_id) for name in names.reads if len(owners.get(name, ())) == 2]
        for name in names.writes:
            given = owners.get(name, ())[:1]
            owners[name] = (*given, cell.grade_id)[:2] if cell.kind == "test" and given else ()
            if cell.kind == "code":
                owners[name] = (cell.grade_id,)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_no_test_overwrites_what_a_later_cell_needs(name):
    assert overwritten(ASSIGNMENTS[name].cells) == []


def test_a_name_that_is_overwritten_is_found():
    cells = [
        Cell("code", "box = 1", 1, "a", grade_id="a-code-1"),
        Cell("test", "box = 2\nassert box", 2, "a", grade_id="a-test"),
        Cell("code", "print(box)", 3, "a", grade_id="a-code-2"),
    ]
    assert overwritten(cells) == [("box", "a-code-1", "a-test", "a-code-2")]
    assert overwritten([*cells[:2], Cell("code", "box = 3\nprint(box)", 3, "a", grade_id="a-code-2")]) == []
