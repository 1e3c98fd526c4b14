"""Across the seal a test gives what it gives in the student's own process, and nothing but data crosses."""

import contextlib
import io
import json
import os
import platform
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import venv
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import helpers
import numpy as np
import pytest
from helpers import (
    ASSIGNMENTS,
    BIN,
    COURSE,
    LIGHT,
    NAMES,
    ROOT,
    GradedCourse,
    busy_machine,
    hand_in,
    make_course,
    must,
    rehearse_all,
)

from graders.classroom.report.classroom import recorded_seconds
from graders.plugins.execute import SECONDS
from graders.plugins.reading import read_files
from graders.proof.dependencies import names_of
from graders.proof.fixtures import everyone
from graders.proof.rehearsal import cells_of_tests, cells_to_run
from graders.sealed.examiner import given_names, library_names
from graders.sealed.grader import GradedCell, Grader, Limits
from graders.sealed.outputs import stream_output, timeout_error
from graders.sealed.sandbox import command, require_sandbox
from graders.source import PARTS, PROOF, read_cells

# --- the two ways agree -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def grader():
    with Grader(Limits(cell_seconds=120), threads=1) as grader:
        yield grader


def sealed_failures(grader: Grader, name: str, answers: dict[str, str]) -> dict[str, bool]:
    """Which of the tests that these answers can change fail across the seal, with a few steps of training."""
    return failures_among(grader, name, cells_to_grade(name, answers))


def cells_to_grade(name: str, answers: dict[str, str]) -> list[GradedCell]:
    """The tests that these answers can change, and what they depend on.

    Not for several threads at once: parsing in one upsets Python 3.11's in another.
    """
    assignment = ASSIGNMENTS[name]
    cells = assignment.cells
    sources = [answers.get(cell.slug, cell.source) if cell.kind == "solution" else cell.source for cell in cells]
    everything = {cell.slug for cell in assignment.of_kind("test")}
    run, affected = cells_to_run(cells, sources) if answers else (cells_of_tests(cells, everything), None)
    chosen = []
    for place, (cell, source) in enumerate(zip(cells, sources, strict=True)):
        if cell.kind == "test" and not cell.trained and (affected is None or place in affected):
            chosen.append(GradedCell(cell.grade_id, "test", source))
        elif cell.kind in ("code", "solution") and place in run:
            chosen.append(GradedCell(cell.grade_id, "locked" if cell.kind == "code" else "free", source))
    return chosen


def failures_among(grader: Grader, name: str, chosen: list[GradedCell]) -> dict[str, bool]:
    """Which tests among some cells fail across the seal, with a few steps of training."""
    files, _ = read_files(ROOT / "source" / name, 2**27)
    verdict = grader.grade(chosen, files, PROOF)
    assert verdict.ended is None, verdict.ended
    return {
        cell.id: any(output["output_type"] == "error" for output in outputs)
        for cell, outputs in zip(chosen, verdict.outputs, strict=True)
        if cell.kind == "test"
    }


@pytest.mark.turns(14)
@pytest.mark.parametrize("name", NAMES)
def test_every_fixture_gets_the_same_across_the_seal(grader, name, pytestconfig):
    students = everyone(COURSE, ASSIGNMENTS[name])
    if not pytestconfig.getoption("full"):  # right ones and some wrong ones; the rest is for the night
        right = [student for student in students if student.is_right]
        wrong = [student for student in students if not student.is_right]
        students = right[:5] + wrong[:: max(1, len(wrong) // 4)]
    cells = [cells_to_grade(name, student.answers) for student in students]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        sealed = list(pool.map(lambda chosen: failures_among(grader, name, chosen), cells))
    in_process = rehearse_all(name, students)
    different = []
    for student, found in zip(students, sealed, strict=True):
        here = {outcome.grade_id: outcome.failure for outcome in in_process[student.name].outcomes}
        different += [
            (student.name, grade_id, here[grade_id])
            for grade_id, failed in found.items()
            if failed != bool(here[grade_id])
        ]
    assert different == []


@pytest.mark.parametrize("seed", range(1, 21) if helpers.FULL else [1])
def test_the_reference_is_right_whatever_the_hidden_inputs(seed, monkeypatch):
    """The inputs come from the instructor's seed, which the examiner knows and the candidate does not."""
    monkeypatch.setenv("COURSE_TEST_SEED", str(seed))
    names = NAMES if helpers.FULL else [LIGHT, "backpropagation"]
    with Grader(Limits(cell_seconds=120)) as other:
        wrong = {(name, test) for name in names for test, failed in sealed_failures(other, name, {}).items() if failed}
        assert wrong == set()
        assert printed(other, "import os; print('COURSE_TEST_SEED' in os.environ)") == ["False\n"]


# --- what is given ----------------------------------------------------------------------------------------------------


def test_libraries_are_those_of_the_locked_cells():
    names = library_names(["import numpy as np\nimport os.path\nfrom math import pi\nnp = fake()\nlinalg = np.linalg"])
    assert names["np"] is np
    assert names["linalg"] is np.linalg
    assert "fake" not in names


LOCKED = """
import math
SCALE = 2.0
def scaled(x):
    return SCALE * x
def twice_scaled(x):
    return 2 * scaled(answer(x))
class Kept:
    pass
data = [1, 2]
"""


def test_the_names_that_a_locked_cell_gives():
    source = (
        LOCKED
        + "fig, (a, b) = 1, (2, 3)\nfor i in data:\n    j = i\n@math\ndef f(local=1):\n    inner = 1\n[k for k in data]"
    )
    given = given_names("%matplotlib inline\n" + source)
    assert given.keys() == {"math", "SCALE", "scaled", "twice_scaled", "Kept", "data", "fig", "a", "b", "i", "j", "f"}
    assert {name for name, text in given.items() if text} == {"scaled", "twice_scaled"}


def test_a_redefined_name_does_not_reach_a_test(grader):
    """A test gets what the locked cell has defined, also behind a given function; the student keeps their own."""
    student = """
def answer(x):
    return scaled(x)
def scaled(x):
    return 100.0
SCALE, data = 7.0, [9]
class Kept:
    forged = True
"""
    test = """
assert twice_scaled(3.0) == 400.0, twice_scaled(3.0)
assert scaled(1.0) == 2.0 and SCALE == 2.0 and data == [1, 2]
assert answer(1.0) == 100.0
assert not hasattr(Kept, "forged")
"""
    later = "print(scaled(1), SCALE, data)"
    kinds = {"locked": LOCKED, "free": student, "test": test}
    cells = [GradedCell(kind, kind, source) for kind, source in kinds.items()] + [GradedCell("later", "free", later)]
    *_, judged, printed_later = grader.grade(cells, {}, {}).outputs
    assert judged == [], judged
    assert printed_later[0]["text"] == "100.0 7.0 [9]\n"


def test_arrays_that_are_changed_in_place_do_not_reach_a_test(grader):
    """Nor those in lists, nor those behind a given function; what a given cell has changed itself is as it left it."""
    given = """
import numpy as np
table, pair, both = np.ones(3), [np.ones(2), np.zeros(2)], (np.ones(1), 5)
def total():
    return float(table.sum() + pair[1].sum() + both[0].sum())
table[0] = 2.0
"""
    student = "table[:] = 100.0; pair[1][:] = 100.0; pair.append(3); both[0][:] = 100.0"
    test = "assert total() == 5.0 and list(table) == [2, 1, 1] and len(pair) == 2, (total(), table, pair)"
    kinds = {"locked": given, "free": student, "test": test, "later": "print(total())"}
    cells = [GradedCell(kind, "free" if kind == "later" else kind, source) for kind, source in kinds.items()]
    *_, judged, printed_later = grader.grade(cells, {}, {}).outputs
    assert judged == [], judged
    assert printed_later[0]["text"] == "600.0\n"


def test_threads_may_call_a_function_that_a_test_gives(grader):
    student = """
from concurrent.futures import ThreadPoolExecutor
def answer(f):
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(f, range(40)))
"""
    test = "def double(x):\n    return 2 * x\nassert answer(double) == list(range(0, 80, 2))"
    cells = [GradedCell("free", "free", student), *(GradedCell(f"test {k}", "test", test) for k in range(3))]
    assert grader.grade(cells, {}, {}).outputs[1:] == [[], [], []]


def test_a_function_that_a_test_gives_is_called_in_no_other_process_and_at_no_other_time(grader):
    student = """
import multiprocessing as mp
import threading
kept, said = [], []
def try_it(function, say):
    try:
        say(function(1))
    except Exception as error:
        say(str(error))
def answer(f):
    kept.append(f)
    queue = mp.get_context("fork").SimpleQueue()
    worker = mp.get_context("fork").Process(target=try_it, args=(f, queue.put))
    worker.start()
    return queue.get()
go_on = threading.Event()
def later():
    go_on.wait()
    try_it(kept[0], said.append)
thread = threading.Thread(target=later)
thread.start()
"""
    test = "assert 'own process' in answer(abs.__call__)\nassert answer(lambda x: x)"
    cells = [GradedCell("a", "free", student), GradedCell("b", "test", test)]
    cells += [GradedCell("c", "free", "go_on.set(); thread.join(); print(said)"), GradedCell("d", "test", "said")]
    outputs = grader.grade(cells, {}, {}).outputs
    assert outputs[1] == [], outputs[1]
    assert outputs[2][0]["text"] == "['the test that gave this function is over']\n"
    assert outputs[3] == []


def test_a_given_name_that_is_no_plain_data_costs_nothing(grader):
    """A list within itself, one that is far too deep, and one whose copies would fill all if each part had its own."""
    given = """
within = [1]
within.append(within)
deep = []
for _ in range(10_000):
    deep = [deep]
shared = [1.0]
for _ in range(60):
    shared = [shared, shared]
"""
    cells = [GradedCell("a", "locked", given), GradedCell("b", "test", "assert callable(len)")]
    assert grader.grade(cells, {}, {}).outputs == [[], []]


ASKING = {
    "Python": """!python3 -c "print(input('Proceed (Y/n)? '))" """,
    "the shell": "!read answer; echo got $answer",
    "a pager": "!echo here | ${PAGER:-less}",
    "what stays, with the output": "!(sleep 100000 &) ; echo gone",
    "what stays, without it": "!sleep 100000 > /dev/null 2>&1 & echo gone",
    "what stays, and talks": "!(while true; do echo; sleep 0.01; done &) ; sleep 0.2; echo gone",
}


def test_programs_that_ask_or_stay_are_not_waited_for(grader):
    said = dict(zip(ASKING, printed(grader, *ASKING.values()), strict=True))
    assert "EOFError" in said.pop("Python")
    assert "gone" in said.pop("what stays, and talks")
    assert said == dict(zip(list(ASKING)[1:-1], ("got\n", "here\n", "gone\n", "gone\n"), strict=True))


def test_a_name_that_a_locked_cell_did_not_reach_is_not_the_students(grader):
    cells = [GradedCell("a", "locked", "trained = 1 / 0"), GradedCell("b", "free", "trained = 5")]
    outputs = grader.grade([*cells, GradedCell("c", "test", "trained")], {}, {}).outputs
    assert outputs[2][0]["evalue"] == "name 'trained' is not defined"


def test_only_the_stub_says_that_something_is_not_written_yet(grader):
    """Libraries raise the same error: where graphs are asked for a value, or a base class for its method."""
    student = """
import numpy as np
import tensorflow as tf
def stub():
    raise NotImplementedError("Return one.")
@tf.function
def compiled():
    return stub()
class Layer(tf.keras.layers.Layer):
    def call(self, x):
        return stub()
def layer():
    return Layer()(tf.ones((1, 1)))
def graph():
    with tf.Graph().as_default():
        return tf.constant(1.0).numpy()
def base():
    import asyncio
    return asyncio.AbstractEventLoop().time()
@tf.function
def numpy():
    return np.exp(tf.constant(1.0))
numpy_as_it_is = tf.function(lambda: np.exp(tf.constant(1.0)), autograph=False)
"""
    names = ("stub", "compiled", "layer", "graph", "base", "numpy", "numpy_as_it_is")
    tests = [f"from graders.checks.ladder import Function\nFunction({name}, '{name}')()" for name in names]
    cells = [GradedCell(f"test-{number}", "test", source) for number, source in enumerate([*tests, "compiled()"])]
    _, *outputs = grader.grade([GradedCell("free", "free", student), *cells], {}, {}).outputs
    *said, without_a_check = (output[0]["evalue"] for output in outputs)
    said = dict(zip(names, said, strict=True))
    for name in ("stub", "compiled", "layer"):
        assert said[name] == f"{name} is not written yet: Return one."
    assert said["graph"].startswith("graph() stopped with ")
    assert said["base"] == "base() stopped with NotImplementedError."
    for name in ("numpy", "numpy_as_it_is"):
        assert said[name].startswith(f"{name}() stopped with NotImplementedError: Cannot convert a symbolic tf.Tensor")
        assert said[name].endswith("Use TensorFlow's functions on tensors, not NumPy's.")
    assert without_a_check == "Return one."


WARNED = """
import warnings
import numpy as np
import tensorflow as tf
warnings.simplefilter("error")
variable = tf.Variable([1.0])
def warned(x):
    return np.log(x)
"""
WARNED_TESTS = {
    "of an array": ("Result(variable, 'f()').close([1.0])", None),
    "beside": ("assert weights_of(warned, [variable])[0] == [1.0]", None),
    "of the student's code": ("Function(warned, 'warned')(0.0)", "RuntimeWarning"),
    "of the student's code without a check": ("warned(0.0)", "divide by zero"),
}


def test_warnings_that_a_student_has_made_errors_are_those_of_the_students_own_code(grader):
    """As in a kernel; see the test of that name for the ladder."""
    imports = "from graders.checks.flows.flow import weights_of\nfrom graders.checks.ladder import Function, Result\n"
    tests = [GradedCell(name, "test", imports + test) for name, (test, _) in WARNED_TESTS.items()]
    _, *outputs = grader.grade([GradedCell("free", "free", WARNED), *tests], {}, {}).outputs
    for (_, said), output in zip(WARNED_TESTS.values(), outputs, strict=True):
        assert (said in output[0]["evalue"]) if said else output == []


@pytest.mark.parametrize("name", NAMES)
def test_no_answer_defines_what_a_locked_cell_gives(name):
    """Else a test would get the locked cell's, and not the answer."""
    cells = ASSIGNMENTS[name].cells
    given = {name for cell in cells if cell.kind == "code" for name in given_names(cell.source)}
    asked = {name for cell in cells if cell.kind == "solution" for name in names_of(cell.source).writes}
    read = {name for cell in cells if cell.kind == "test" for name in names_of(cell.source).reads}
    assert given & asked & read == set()


# --- whatever an answer is --------------------------------------------------------------------------------------------

LOOKED_AT = """
from graders.checks.ladder import Failure, Result, brief
from graders.sealed.handles import Handle

def crossed(value):
    if isinstance(value, (list, tuple, set, frozenset)):
        return set().union({type(value)}, *map(crossed, value))
    if isinstance(value, np.ndarray) and value.dtype == object:
        return {type(value)} | crossed(value.tolist())
    return {type(value)}

def climbs(value):
    answer = Result(value, "f()")
    yield from (answer.number, lambda: answer.count(16), answer.array, lambda: answer.shape((16,)))
    yield from (lambda: answer.unpack("a"), answer.keras_model, lambda: brief(value), lambda: value == 17)
    yield from (lambda: len(value), lambda: float(value), lambda: [*value])

for kind in crossed(z_NAME):
    print("handle" if issubclass(kind, Handle) else f"{kind.__module__}.{kind.__name__}")
for climb in climbs(z_NAME):
    try:
        climb()
    except (Failure, Exception):
        pass
"""
PLAIN = r"handle|builtins\.(module|NoneType|bool|int|float|complex|str|bytes|list|tuple|dict|set|frozenset|range|slice"
PLAIN += r"|ellipsis)|numpy\.\w+|sympy\.[\w.]+"


def test_whatever_an_answer_is_plain_data_cross_and_all_else_stays(grader):
    """None of a hundred objects brings its own methods to where it is judged, or ends the run."""
    code = (ROOT / "tests" / "objects.py").read_text(encoding="utf-8")
    names = json.loads(printed(grader, code, "import json; print(json.dumps(names))")[-1])
    tests = [GradedCell(name, "test", LOOKED_AT.replace("NAME", name)) for name in names]
    cells = [GradedCell("libraries", "locked", LIBRARIES), GradedCell("objects", "free", code), *tests]
    verdict = grader.grade([*cells, GradedCell("after", "free", "print('after')")], {}, {})
    assert verdict.ended is None, verdict.ended
    assert verdict.outputs[-1] == [stream_output("after\n")]
    assert len(names) > 100
    for name, outputs in zip(names, verdict.outputs[2:], strict=False):
        for output in outputs:
            kinds = output.get("text", "").split()
            assert [kind for kind in kinds if not re.fullmatch(PLAIN, kind)] == [], name


NUMBERS = """
from decimal import Decimal
from fractions import Fraction
import numpy as np
import sympy
import tensorflow as tf
answers = [
    *(Fraction(16), Fraction(31, 2), [Fraction(1, 3), 2], Decimal("16"), Decimal("15.5"), {"a": Decimal(1)}),
    *(np.longdouble(16), np.array([1.5, 2], np.longdouble), np.clongdouble(3), 1j, np.float16(3), np.uint8(3)),
    *(np.datetime64("2020"), sympy.Integer(16), sympy.Rational(1, 3), sympy.pi, sympy.Float(2.5), True, np.ma.masked),
    *(sympy.Rational(1, 2).evalf(30), tf.Variable(16), tf.constant(3, tf.int8), range(3)),
]
"""
SAID = """
from graders.checks.ladder import Failure, Result
for answer in answers:
    for rung in ("number", "array"):
        try:
            print(np.asarray(getattr(Result(answer, "f()"), rung)()).tolist())
        except Failure as failure:
            print(failure)
"""


def test_of_numbers_of_all_kinds_the_same_is_said_on_both_sides(grader):
    here = io.StringIO()
    with contextlib.redirect_stdout(here):
        exec(NUMBERS + SAID, {})
    cells = [GradedCell("libraries", "locked", LIBRARIES), GradedCell("numbers", "free", NUMBERS)]
    *_, said = grader.grade([*cells, GradedCell("said", "test", SAID)], {}, {}).outputs
    assert said == [stream_output(here.getvalue())]
    assert here.getvalue().count("\n") == 46


# --- trained networks -------------------------------------------------------------------------------------------------

LIBRARIES = "import builtins\nimport keras\nimport numpy as np\nimport tensorflow as tf"
NETWORK = """
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, "tanh"), keras.layers.Dense(1)])
weights = model.get_weights()
seen = []


def known(x):  # what is asked for, in closed form
    seen.append(np.asarray(x))
    return tf.constant(np.asarray(x)[:, :1] ** 2, tf.float32)
"""
ANSWERS = """
from graders.checks.networks import answers_of
x = np.random.default_rng(7).normal(size=(600, 3)).astype(np.float32)
print(np.allclose(answers_of(model, "model", x), x[:, :1] ** 2, atol=0.1))
"""
# Ways to have it say what `known` says, by what student's code may change beside the network.
OTHER_GRAPH = """
class Fake:
    def __init__(self, concrete):
        self.concrete = concrete
    def __getattr__(self, name):
        return getattr(self.concrete, name)
    def __call__(self, x):
        return known(x)
class Compiled:
    def __init__(self, function):
        self.function = function
    def get_concrete_function(self, *given):
        return Fake(self.function.get_concrete_function(*given))
compiled = tf.function
tf.function = lambda function, **options: Compiled(compiled(function, **options))
"""
OTHER_ANSWER = """
execute = builtins.exec
def forged(code, names, *more):
    execute(code, names, *more)
    if "_taken" in names:
        take = names["_taken"]
        names["_taken"] = lambda model, concrete: change(take(model, concrete))
    if "_made_again" in names:
        names["_made_again"] = lambda *parts: known
builtins.exec = forged
def with_graph(taken, function):
    concrete = tf.function(function).get_concrete_function(tf.TensorSpec((None, 3), tf.float32))
    ends = [concrete.inputs[0].name, concrete.outputs[0].name]
    return taken | {"definition": concrete.graph.as_graph_def().SerializeToString(), "ends": ends, "takes": {}}
def change(taken):
    return taken
"""
TABLE = "np.random.default_rng(1).normal(size=(5000, 3)).astype(np.float32)"
LIES = {
    "another function where its graph is compiled": (OTHER_GRAPH, "False"),
    "another function on the bench": (OTHER_ANSWER, "False"),
    "layers that call Python": (
        "keras.Model.__call__ = lambda self, x, training=False: tf.numpy_function(known, [x], tf.float32)",
        "does more than compute",
    ),
    "layers that know a table": (
        f"keras.Model.__call__ = lambda self, x, training=False: x[:, :1] + tf.constant({TABLE})[:1, :1]",
        "fixed numbers",
    ),
    "a graph of another": (
        f"{OTHER_ANSWER}change = lambda taken: with_graph(taken, lambda x: x[:, :1] + tf.constant({TABLE})[:1, :1])",
        "fixed numbers",
    ),
    "a graph that calls Python": (
        f"{OTHER_ANSWER}"
        "change = lambda taken: with_graph(taken, lambda x: tf.numpy_function(known, [x], tf.float32))",
        "does more than compute",
    ),
    "a table beside the graph": (
        f"{OTHER_ANSWER}change = lambda taken: taken | dict(arrays=dict(x={TABLE}))", "fixed numbers",
    ),
    "a graph that is none": (f"{OTHER_ANSWER}change = lambda taken: taken | dict(definition=b'none')", "that is none"),
    "a graph of 20 MB": (f"{OTHER_ANSWER}change = lambda taken: taken | dict(definition=bytes(20_000_000))", "smaller"),
    "nothing": (f"{OTHER_ANSWER}change = lambda taken: None", "that is none"),
    "weights that are objects": (f"{OTHER_ANSWER}change = lambda taken: taken | dict(weights=[known] * 4)", ""),
    "a weight that is not there": (
        f"{OTHER_ANSWER}change = lambda taken: taken | dict(takes=dict.fromkeys(taken['takes'], 99))",
        "outside of the notebook",
    ),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_trained_network_is_its_weights_whatever_became_of_the_libraries(grader, lie):
    """It is computed with where no student's code has run, and there alone the inputs are seen."""
    code, said = LIES[lie]
    sources = [("locked", LIBRARIES), ("free", NETWORK + code), ("test", ANSWERS), ("free", "print(len(seen))")]
    verdict = grader.grade([GradedCell(f"{k}", *cell) for k, cell in enumerate(sources)], {}, {})
    assert verdict.ended is None, verdict.ended
    *_, test, last = ["".join(o.get("text", o.get("evalue", "")) for o in outputs) for outputs in verdict.outputs]
    assert said in test
    assert "True" not in test
    assert [o for o in verdict.outputs[2] if o["output_type"] == "error"] or said == "False"
    assert last == "0\n"


IN_A_GRAPH = {
    "a loop": ("tf.while_loop(lambda k, y: k < 10**15, lambda k, y: (k + 1, y), (tf.zeros((), tf.int64), x))[1]", True),
    "memory": ("x + tf.reduce_sum(tf.zeros((tf.shape(x)[0] * 10**6, 1000)))", False),
}


@pytest.mark.parametrize("kind", IN_A_GRAPH)
def test_what_a_graph_takes_costs_its_own_submission(grader, monkeypatch, kind):
    limited(grader, monkeypatch, cell_seconds=3.0, memory_bytes=2**30)
    operation, ends = IN_A_GRAPH[kind]
    layer = f"class Odd(keras.layers.Layer):\n    def call(self, x):\n        return {operation}\n"
    layer += "    def compute_output_shape(self, shape):\n        return shape\n"
    model = "inputs = keras.Input((3,))\nmodel = keras.Model(inputs, keras.layers.Dense(1)(Odd()(inputs)))"
    sources = [("locked", LIBRARIES), ("free", layer + model), ("test", ANSWERS), ("free", "print('after')")]
    verdict = grader.grade([GradedCell(f"{k}", *cell) for k, cell in enumerate(sources)], {}, {})
    assert (verdict.ended is not None) == ends
    assert not verdict.unfinished
    assert verdict.outputs[2] != []
    assert "True" not in str(verdict.outputs[2])
    assert printed(grader, "print('next')") == ["next\n"]


# --- the sandbox ------------------------------------------------------------------------------------------------------


def printed(grader: Grader, *sources: str, files: dict[str, bytes] | None = None, environment=None) -> list[str]:
    """What cells print."""
    cells = [GradedCell(f"cell-{number}", "free", source) for number, source in enumerate(sources)]
    verdict = grader.grade(cells, files or {}, environment or {})
    assert verdict.ended is None, verdict.ended
    return ["".join(o.get("text", o.get("evalue", "")) for o in outputs) for outputs in verdict.outputs]


def test_candidate_sees_its_folder_and_the_environment_alone(grader):
    os.environ["A_SECRET_OF_THE_INSTRUCTOR"] = "4711"
    source = "import os; print(os.getcwd(), os.listdir('.'), sorted(os.listdir('/proc')), os.getpid(), os.environ)"
    (text,) = printed(grader, source, files={"data/a.txt": b"1"}, environment={"COURSE_SEED": "5"})
    assert text.startswith("/student ['data'] ['1', 'meminfo', 'self'] 1 ")
    assert "4711" not in text
    assert "'COURSE_SEED': '5'" in text


def test_a_notebook_computes_in_full_precision_on_processors_whatever_the_machine_has(grader):
    setup = read_cells(ROOT / PARTS / "setup.py")[-1].source
    asked = "print(os.environ['CUDA_VISIBLE_DEVICES'], tf.config.experimental.tensor_float_32_execution_enabled())"
    assert printed(grader, setup, asked)[-1] == "-1 False\n"


@pytest.mark.parametrize("path", [*(str(ROOT / name) for name in ("source", "graders", ".git")), "/etc/passwd"])
def test_candidate_does_not_see(grader, path):
    assert printed(grader, f"import os; print(os.path.exists({path!r}))") == ["False\n"]


@pytest.mark.parametrize("home", ["/home", "/root"])
def test_candidate_sees_no_file_of_a_home_but_those_of_python(grader, home):
    """The environment may lie in a home, as Python itself may."""
    source = f"""
import os, sys
seen = []
for folder, folders, files in os.walk({home!r}):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in (sys.prefix, sys.base_prefix)]
    seen += [os.path.join(folder, name) for name in files]
print(seen)
"""
    assert printed(grader, source) == ["[]\n"]


@pytest.mark.parametrize("path", ["/x", "/usr/x", "/dev/x", "/sealed/inside/x", "/proc/x", str(BIN / "x")])
def test_candidate_does_not_write(grader, path):
    assert "Error" in printed(grader, f"try:\n    open({path!r}, 'w')\nexcept OSError as e:\n    print('Error', e)")[0]


# Ways to memory that no process maps, and so no limit of a process sees.
UNCOUNTED = {
    "semaphores": "call(64, 190, 0, 100, 0o600)",
    "messages": "call(68, 186, 0, 0o600)",
    "queues": "call(240, 180, b'q', 0o102, 0o600, None)",
    "shared memory": "call(29, 194, 0, 4096, 0o600)",
    "files of memory": "call(319, 279, b'x', 0)",
    "keys": "call(248, 217, b'user', b'a', b'b', 1, -2)",
    "io_uring": "call(425, 425, 8, bytes(120))",
    "asynchronous reads": "call(206, 0, 8, ctypes.byref(ctypes.c_ulong()))",
    "watches": "call(294, 26, 0)",
    "rules": "call(444, 444, struct.pack('Q', 1), 8, 0)",
    "filters": "call(157, 167, 22, 2, bytes(16), 0, 0)",
    "pages given to pipes": "call(278, 75, os.pipe()[1], bytes(16), 1, 0)",
    "threads with files of their own": "call(56, 220, 0x10900, 0, 0, 0, 0)",
    "large pipes": "fcntl.fcntl(os.pipe()[1], 1031, 2**20)",
    "locks": "fcntl.lockf(open('x', 'w'), fcntl.LOCK_EX)",
    "large buffers of senders": "socket.socketpair()[0].setsockopt(1, socket.SO_SNDBUF, 2**22)",
    "large buffers of receivers": "socket.socketpair()[0].setsockopt(1, socket.SO_RCVBUF, 2**22)",
    "filters of sockets": "socket.socketpair()[0].setsockopt(1, 26, bytes(16))",
    "groups of sockets": "socket.socket(type=socket.SOCK_DGRAM).setsockopt(0, 35, bytes(8))",
    "shared mappings": "mmap.mmap(-1, 2**20)",
    "shared zeros": "mmap.mmap(os.open('/dev/zero', os.O_RDWR), 2**20)",
    "huge pages": "mmap.mmap(-1, 2**21, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40000)",
}
CALL = """
import ctypes, fcntl, mmap, os, platform, socket, struct
def call(x86, arm, *arguments):
    number = x86 if platform.machine() == "x86_64" else arm
    if ctypes.CDLL(None, use_errno=True).syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")
"""


def test_memory_that_nobody_counts_is_refused(grader):
    tries = [
        f"try:\n    {call}\n    print('got it')\nexcept OSError as e:\n    print(e.errno)\n"
        for call in UNCOUNTED.values()
    ]
    said = printed(grader, CALL, *tries)[1:]
    not_refused = {name for name, text in zip(UNCOUNTED, said, strict=True) if text not in ("1\n", "19\n")}
    assert not_refused == set()


# They look into other processes, or at walls; refused, whatever their arguments.
LOOKING = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "userfaultfd": (323, 282),
    "kcmp": (312, 272),
    "setns": (308, 268),
    "unshare": (272, 97),
    "mount": (165, 40),
    "open_tree": (428, 428),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "open_by_handle_at": (304, 265),
}


def test_what_looks_at_other_processes_or_at_walls_is_refused_and_what_nobody_has_looked_at_too(grader):
    numbers = [*map(list, LOOKING.values()), *([number, number] for number in range(452, 700))]
    (said,) = printed(
        grader,
        CALL
        + f"""
for x86, arm in {numbers}:
    try:
        call(x86, arm, 0, 0, 0, 0, 0, 0)
        print("got", x86)
    except OSError as e:
        assert e.errno in (1, 38), (x86, e)
try:
    print(os.link(os.__file__, "linked"))
except OSError as e:
    print(e.errno == 18)
print(sorted(os.listdir("/proc/self")), [file for file in range(3, 300) if os.path.exists(f"/proc/self/fd/{{file}}")])
""",
    )
    assert said == "True\n['cmdline', 'exe', 'stat', 'statm', 'status'] []\n"


NOT_WITH_PROC = {
    "to write": "os.open(path, os.O_RDWR)",
    "to let others write": "os.chmod(path, 0o666)",
    "to remove": "os.unlink(path)",
    "to link": "os.link(path, '/student/x')",
    "to go up from": "os.open(path + '/..', os.O_RDONLY)",
    "to go on from": "os.open('../mem', os.O_RDONLY, dir_fd=os.open(path, os.O_RDONLY))",
    "to look into": "os.listdir(os.open(path, os.O_RDONLY))",
}


@pytest.mark.parametrize("path", ["/proc/meminfo", *(f"/proc/self/{name}" for name in ("stat", "statm", "status"))])
def test_what_proc_says_of_memory_and_time_is_numbers_to_read_alone(grader, path):
    tries = [f"try:\n    print({call})\nexcept OSError:\n    print('refused')\n" for call in NOT_WITH_PROC.values()]
    said = printed(grader, f"import os\npath = {path!r}\nprint(len(open(path).read()) > 10)", *tries)
    assert said == ["True\n"] + ["refused\n"] * len(tries)


LIBRARIES_AT_WORK = {
    "processes": """
import multiprocessing as mp
from concurrent.futures import ProcessPoolExecutor
with mp.get_context("fork").Pool(4) as pool:
    print(pool.map(abs, [-1, -2]))
shared, queue = mp.Value("i", 3), mp.Queue()
worker = mp.Process(target=lambda: queue.put([1] * 100_000))
worker.start()
print(len(queue.get()), shared.value, list(mp.Manager().list([5])))
worker.join()
with ProcessPoolExecutor(2) as pool:
    print(list(pool.map(abs, [-3])))
""",
    "threads": """
from concurrent.futures import ThreadPoolExecutor
print(list(ThreadPoolExecutor(20).map(abs, [-1])))
""",
    "loops": "import asyncio\nprint(asyncio.new_event_loop().run_until_complete(asyncio.sleep(0, 5)))",
    "shells": "!echo 5",
    "models": """
import keras
import numpy as np
import tensorflow as tf
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
model.compile("adam", "mse")
model.fit(np.ones((64, 3)), np.ones((64, 2)), verbose=0)
model.save("model.keras")
model.save_weights("model.weights.h5")
print(keras.models.load_model("model.keras").predict(np.ones((4, 3)), verbose=0).shape)
print(sum(1 for _ in tf.data.Dataset.range(10).map(lambda x: x, num_parallel_calls=4).prefetch(2)))
""",
    "trees": """
from sklearn.datasets import make_moons
from sklearn.ensemble import RandomForestClassifier
points, kinds = make_moons()
print(RandomForestClassifier(n_jobs=2).fit(points, kinds).score(points, kinds))
""",
}


def test_libraries_work_within_the_walls(grader):
    said = dict(zip(LIBRARIES_AT_WORK, printed(grader, *LIBRARIES_AT_WORK.values()), strict=True))
    assert said == {
        "processes": "[1, 2]\n100000 3 [5]\n[3]\n",
        "threads": "[1]\n",
        "loops": "5\n",
        "shells": "5\n",
        "models": "(4, 2)\n10\n",
        "trees": "1.0\n",
    }


def test_nothing_leaks_to_the_next_submission(grader):
    leave = "import os, builtins, numpy as np\nbuiltins.mine = 1\nnp.mine = 1\nos.environ['MINE'] = '1'\n"
    leave += "for f in ('/tmp', '/dev/shm', '/student'):\n    open(f + '/mine', 'w').close()\n"
    printed(grader, leave)
    look = (
        "import os, builtins, numpy as np\nprint(hasattr(builtins, 'mine'), hasattr(np, 'mine'), 'MINE' in os.environ, "
    )
    look += "[os.path.exists(f + '/mine') for f in ('/tmp', '/dev/shm', '/student')])"
    assert printed(grader, look) == ["False False False [False, False, False]\n"]


def test_notebook_features_work_in_the_candidate(grader):
    source = "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n"
    cells = [GradedCell("plot", "free", source), GradedCell("value", "free", "{'a': 1}")]
    plot, value = grader.grade(cells, {}, {}).outputs
    assert [sorted(output["data"]) for output in plot if output["output_type"] == "display_data"] == [
        ["image/png", "text/plain"]
    ]
    assert value[0]["output_type"] == "execute_result"
    assert value[0]["data"]["text/plain"] == "{'a': 1}"


INSPECTED = """
import os
from inside import isolation
isolation.become_nobody()
isolation.adopt_orphans()
number = isolation.fork_into_namespaces()
if number == 0:
    isolation.enclose(2**20, {{}})
    open("/tmp/mine", "w").close()
    seen = sorted(os.listdir("/tmp")), sorted(os.listdir("/student")), os.path.isfile({prefix!r} + "/pyvenv.cfg")
    print(*seen, flush=True)
    try:
        open({prefix!r} + "/mine", "w")
    except OSError as error:
        print(error.strerror, flush=True)
    os._exit(0)
os.waitpid(number, 0)
"""


def test_an_environment_in_tmp_stays_in_sight_and_cannot_be_written(monkeypatch):
    """Every submission gets a /tmp of its own, and a course may have been cloned into the real one."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        prefix = f"{folder}/course/.venv"
        venv.create(prefix, symlinks=True)
        monkeypatch.setattr("sys.prefix", prefix)
        monkeypatch.setattr("sys.executable", f"{prefix}/bin/python")
        require_sandbox.__wrapped__()
        program = [sys.executable, "-c", INSPECTED.format(prefix=prefix)]
        said = subprocess.run([*command(1), *program], capture_output=True, text=True, check=True).stdout
    assert said == f"['mine', '{Path(folder).name}'] [] True\nRead-only file system\n"


INSTALLED = """
import os, subprocess, sys
import graders
from graders.sealed.sandbox import command
look = "import graders, os, sys; print(os.listdir(graders.__path__[0])); open(graders.__path__[0] + '/x', 'w')"
done = subprocess.run([*command(1), sys.executable, "-c", look], capture_output=True, text=True)
print(graders.__file__ is not None, done.stdout.strip(), done.stderr.strip().splitlines()[-1])
"""


def test_an_installation_that_is_not_editable_is_hidden():
    """What is installed as a copy lies among the packages that a notebook imports."""
    with tempfile.TemporaryDirectory() as folder:
        prefix = Path(folder) / "environment"
        venv.create(prefix, symlinks=True)
        (packages,) = prefix.glob("lib/python3*/site-packages")
        shutil.copytree(ROOT / "graders", packages / "graders", ignore=shutil.ignore_patterns("__pycache__", "data"))
        program = [prefix / "bin" / "python", "-I", "-c", INSTALLED]
        said = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    assert said.startswith("True [] "), said
    assert "Read-only file system" in said or "Permission denied" in said


@pytest.mark.skipif(os.getuid() != 0, reason="who is not root has no files that only root may read")
def test_candidate_reads_nothing_that_only_root_may_read(grader):
    canary = Path(sys.prefix) / "lib" / f"canary-{os.getpid()}"
    try:
        canary.write_text("4711")
        canary.chmod(0o600)
        source = f"import os\nprint(os.getuid(), os.getgroups())\nopen({str(canary)!r}).read()"
        (said,) = printed(grader, source)
    finally:
        canary.unlink()
    assert said.startswith("65534 []\n")
    assert "Permission denied" in said


@pytest.mark.parametrize("path", ["/etc/ssl/private", "/usr/local/etc", "/usr/src", "/etc/shadow", sys.prefix + "/etc"])
def test_of_a_machine_only_programs_and_libraries_are_there(grader, path):
    assert printed(grader, f"import os; print(os.path.lexists({path!r}))") == ["False\n"]


def test_a_parent_that_dies_is_replaced(grader):
    printed(grader, "1")
    os.kill(grader._parents["candidate"].process.pid, signal.SIGKILL)
    os.kill(grader._parents["examiner"].process.pid, signal.SIGKILL)
    assert printed(grader, "print('here')") == ["here\n"]


# --- time -------------------------------------------------------------------------------------------------------------

LOOP = "while True:\n    pass"
AFTER = "print('here')"
STOPPED = [timeout_error(0.5)]

# Each costs its own points: the cell after it runs.
STOPPED_CELLS = {
    "itself": LOOP,
    "a function of a library": "import numpy as np\nwhile True:\n    np.linalg.svd(np.ones((99, 99)))",
    "threads": """
import threading
def loop():
    for _ in range(20_000_000):
        pass
for _ in range(3):
    threading.Thread(target=loop).start()
threading.Event().wait()
""",
    "a child": f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {LOOP!r}])",
    "children that leave it to the next": """
import os
while True:
    if os.fork() == 0:
        for _ in range(3_000_000):
            pass
        os._exit(0)
    os.wait()
""",
    "workers": """
import multiprocessing
def loop(number):
    while True:
        pass
multiprocessing.get_context("fork").Pool(2).map(loop, range(2))
""",
    "one that catches it once": "try:\n    while True:\n        pass\nexcept BaseException:\n    sum(range(99))",
    "one that prints": "while True:\n    print('x' * 1000)",
}
TESTED = """
def loops(x):
    while True:
        pass
def asks_without_end(f):
    while True:
        f(1.0)
"""
STOPPED_TESTS = {
    "a function that loops": "loops(1)",
    "one that asks for a function without end": "asks_without_end(lambda x: x)",
    "the test itself": LOOP,
}


def limited(grader: Grader, monkeypatch, **limits: float) -> Grader:
    """The grader with other limits."""
    monkeypatch.setattr(grader, "limits", Limits(**limits))
    return grader


def test_a_cell_that_uses_up_its_processor_time_costs_itself_alone(grader, monkeypatch):
    sources = [source for cell in STOPPED_CELLS.values() for source in (cell, AFTER)]
    cells = [GradedCell(f"cell-{number}", "free", source) for number, source in enumerate(sources)]
    tests = [GradedCell(name, "test", source) for name, source in STOPPED_TESTS.items()]
    cells += [GradedCell("tested", "free", TESTED), *tests, GradedCell("last", "free", AFTER)]
    transcript = limited(grader, monkeypatch, cell_seconds=0.5, idle_seconds=60).grade(cells, {}, {})
    assert transcript.ended is None
    *of_cells, _, _, _, _, last = transcript.outputs
    errors = [[output for output in outputs if output["output_type"] == "error"] for outputs in of_cells]
    assert dict(zip(STOPPED_CELLS, errors[::2], strict=True)) == dict.fromkeys(STOPPED_CELLS, STOPPED)
    assert of_cells[1::2] == [[stream_output("here\n")]] * len(STOPPED_CELLS)
    assert dict(zip(STOPPED_TESTS, transcript.outputs[-4:-1], strict=True)) == dict.fromkeys(STOPPED_TESTS, STOPPED)
    assert last == [stream_output("here\n")]


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        (
            "free",
            "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
        ),
        ("free", "sum(iter(int, 1))"),
        ("test", "sum(iter(int, 1))"),
    ],
    ids=["catches it for ever", "within C", "a test within C"],
)
def test_what_cannot_be_stopped_ends_the_notebook_and_what_came_before_is_kept(grader, monkeypatch, kind, source):
    cells = [GradedCell("a", "free", AFTER), GradedCell("b", kind, source), GradedCell("c", "free", AFTER)]
    transcript = limited(grader, monkeypatch, cell_seconds=0.5, idle_seconds=60).grade(cells, {}, {})
    assert transcript.outputs == [[stream_output("here\n")], None, None]
    assert transcript.ended in (
        "it used more than 0.5 s of processor time and could not be stopped",
        "its tests came to no end",
    )
    assert not transcript.unfinished


def test_a_notebook_has_a_limit_too(grader, monkeypatch):
    spin = "import time\nends = time.process_time() + 0.3\nwhile time.process_time() < ends:\n    pass"
    cells = [GradedCell(str(number), "free", spin) for number in range(20)]
    limits = {"cell_seconds": 60, "notebook_seconds": 1.5, "idle_seconds": 60}
    transcript = limited(grader, monkeypatch, **limits).grade(cells, {}, {})
    assert transcript.ended == "it used more than 1.5 s of processor time in all"
    assert 1 <= 20 - transcript.outputs.count(None) <= 5


SLEEPERS = {
    "sleeps": ("free", "import time\ntime.sleep(1000)"),
    "sleeps again and again": ("free", "import time\nwhile True:\n    time.sleep(0.01)"),
    "waits for nobody": ("free", "import threading\nthreading.Event().wait()"),
    "reads what nobody writes": ("free", "import os\nos.read(os.pipe()[0], 1)"),
    "waits for a child that sleeps": ("free", "!sleep 1000"),
    "catches whatever wakes it": (
        "free",
        "import time\nwhile True:\n    try:\n        time.sleep(1000)\n    except BaseException:\n        pass",
    ),
    "sleeps when a test calls it": ("test", "sleeps()"),
    "does not read a long question": ("test", "import numpy as np\ngoes_deaf()\ngoes_deaf(np.zeros(10**7))"),
    "does not read a long reply": ("test", "import numpy as np\ngoes_deaf(lambda: np.zeros(10**7))"),
}
SLEEPING = """
import sys
import time

def sleeps(*_):
    while True:
        time.sleep(1000)

def goes_deaf(ask=lambda: None):
    sys.modules["inside.wire"]._read = sleeps
    return ask()
"""


@pytest.mark.parametrize("name", SLEEPERS)
def test_who_sleeps_is_ended_by_the_clock_and_is_not_graded(grader, monkeypatch, name):
    kind, source = SLEEPERS[name]
    cells = [GradedCell("a", "free", SLEEPING)]
    limits = limited(grader, monkeypatch, cell_seconds=0.5, idle_seconds=1)
    transcript = limits.grade([*cells, GradedCell("b", kind, source), GradedCell("c", "free", AFTER)], {}, {})
    assert transcript.unfinished
    assert transcript.ended == "it has slept, or waited for something, for 1 s"
    assert transcript.outputs == [[], None, None]


NAMES_OF_PROCESSES = {
    "bytes that are no text": b"\xff\xfe",
    "half a character": "é".encode()[:1],
    "an end of its name": b"a) R 1 (",
    "lines": b"a\nVmPTE: 0",
    "escapes": b"\x1b[2J\\",
    "nothing": b"",
}
CALLED = """
import ctypes
import subprocess
import threading
import time

def call(name):
    assert ctypes.CDLL(None).prctl(15, ctypes.c_char_p(name), 0, 0, 0) == 0
    time.sleep(0.6)

name = NAME
call(name)
thread = threading.Thread(target=call, args=(name,))
thread.start()
thread.join()
other = f"import ctypes, time; ctypes.CDLL(None).prctl(15, {name!r}, 0, 0, 0); time.sleep(0.6)"
subprocess.run(["python3", "-c", other])
print("alive")
"""
# In pieces, so that it is the sum that is too much
TAKEN = "taken = []\nfor _ in range(40):\n    taken.append(bytearray(b'x') * 50_000_000)\n    time.sleep(0.1)"


@pytest.mark.parametrize("name", NAMES_OF_PROCESSES)
def test_what_a_process_is_called_costs_nobody_anything_and_hides_nothing(grader, monkeypatch, name):
    limited(grader, monkeypatch, memory_bytes=2**30)
    code = CALLED.replace("NAME", repr(NAMES_OF_PROCESSES[name]))
    assert printed(grader, code, "print('next')") == ["alive\n", "next\n"]
    verdict = grader.grade([GradedCell("a", "free", code), GradedCell("b", "free", TAKEN)], {}, {})
    assert verdict.ended == "it took more than 1 GB of memory"


WITHOUT_ITS_FIRST_THREAD = """
import ctypes, os, threading, time

def hoard():
    taken = []
    for _ in range(30):
        taken.append(bytearray(b"x") * 60_000_000)
        time.sleep(0.1)
    os._exit(0)

if os.fork() == 0:
    threading.Thread(target=hoard).start()
    ctypes.CDLL(None).syscall(NUMBER, 0)
os.wait()
"""


def test_memory_is_counted_where_the_first_thread_of_a_process_has_ended(grader, monkeypatch):
    limited(grader, monkeypatch, memory_bytes=2**30)
    code = WITHOUT_ITS_FIRST_THREAD.replace("NUMBER", {"x86_64": "60", "aarch64": "93"}[platform.machine()])
    verdict = grader.grade([GradedCell("a", "free", code)], {}, {})
    assert verdict.ended == "it took more than 1 GB of memory"


# As many programs as share nothing with the warm parent; those of the second kind have no parent that is still there.
PROGRAMS = {
    "programs": "program()",
    "programs that another one has left": "if os.fork() == 0:\n        program()\n        os._exit(0)\n    os.wait()",
}
MANY_PROGRAMS = """
import os, subprocess, sys, time

def program():
    subprocess.Popen([sys.executable, "-S", "-c", "import time; taken = b'x' * (150 << 20); time.sleep(60)"])

for _ in range(25):
    START
time.sleep(60)
"""


@pytest.mark.parametrize("kind", PROGRAMS)
def test_what_could_be_shared_with_the_warm_parent_is_counted_where_it_is_much(grader, monkeypatch, kind):
    limited(grader, monkeypatch, memory_bytes=2**30)
    code = MANY_PROGRAMS.replace("START", PROGRAMS[kind])
    assert grader.grade([GradedCell("a", "free", code)], {}, {}).ended == "it took more than 1 GB of memory"


FORKS = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        time.sleep(1)
        os._exit(0)
for _ in range(8):
    os.wait()
print("done")
"""


def test_a_few_forks_that_share_all_they_have_cost_nothing(grader):
    assert printed(grader, FORKS) == ["done\n"]


SEES_OTHERS = """
import gc
children = [one for one in gc.get_objects() if type(one).__name__ == "Child"]
print([one.asked.closed for one in children if not one.verdict])  # of those that run
"""


def test_a_page_that_says_whether_another_submission_is_asked_is_out_of_reach(grader):
    """Who writes there has the other one taken for idle, or never: it is shared memory, which can be made writable."""
    with ThreadPoolExecutor() as pool:
        other = pool.submit(printed, grader, "import time; time.sleep(10)")
        seen = "[]\n"
        while seen == "[]\n" and not other.done():
            (seen,) = printed(grader, SEES_OTHERS)
        assert seen == "[True]\n"
        assert other.result() == [""]


@pytest.mark.parametrize("installer", ["pip", "conda", "mamba", "uv"])
def test_a_magic_that_installs_does_nothing_and_the_cell_goes_on(grader, installer):
    said = "Nothing is installed while this is graded.\n"
    assert printed(grader, f"%{installer} install numpy\nn = 3", "print(n)") == [said, "3\n"]


# Of kernels, of extensions that are not installed, of other languages and of nobody.
NO_MAGICS = [
    "autosave 60",
    "clear",
    "connect_info",
    "store -r",
    "watermark -v",
    "memit sum([1])",
    "lprun -f f f()",
    "x_y",
]
NO_CELL_MAGICS = ["memit", "snakeviz -x", "cython -a", "heat", "R -i x", "x_y"]


@pytest.mark.parametrize("magic", NO_MAGICS)
def test_where_there_is_no_such_magic_the_cell_goes_on(grader, magic):
    """A kernel has more of them than its shell, and extensions have others."""
    (said,) = printed(grader, f"got = 5\ngot = %{magic}\nprint(got)\n%{magic}\nprint('on')")
    none = f"There is no %{magic.split()[0]} where this is graded.\n"
    assert said == f"{none}None\n{none}on\n"


@pytest.mark.parametrize("magic", NO_CELL_MAGICS)
def test_where_there_is_no_such_magic_of_a_cell_the_cell_is_run_without_it(grader, magic):
    said = printed(grader, f"%%{magic}\n%autosave 60\ndef f():\n    return 5\nf()", "print(f())")
    none = "There is no %{} where this is graded.\n".format
    assert said == [none(f"%{magic.split()[0]}") + none("autosave"), "5\n"]


def test_magics_that_are_there_do_what_they_do_in_a_kernel(grader):
    source = "def f(x):\n    %env KEY=$x\n    key = %env KEY\n    return key\n%time y = f(3)\nprint(y)"
    (said,) = printed(grader, source)
    assert said.startswith("env: KEY=3\n")
    assert said.endswith("\n3\n")
    said = printed(grader, "%nothing_of_that", "%%capture kept\nprint(5)", "print(kept.stdout)", "%%script\n")
    assert said[2] == "5\n\n"


AS_IN_A_KERNEL = {
    "streams": "import sys\nprint(sys.stdout.encoding, sys.stderr.errors, sys.stdout.isatty(), sys.stdout.name)",
    "streams of programs": """
import subprocess
done = subprocess.run(["echo", "1"], stdout=sys.stdout, stderr=sys.stderr)
print(done.returncode)
""",
    "traces of crashes": "import faulthandler\nfaulthandler.enable()\nprint(faulthandler.is_enabled())",
    "its own memory": """
import os, psutil
before = psutil.Process(os.getpid()).memory_info().rss
taken = b"x" * 10**8
print(psutil.Process().memory_info().rss - before > 9 * 10**7, psutil.virtual_memory().available > 0)
""",
    "its own time": "print(sum(psutil.Process().cpu_times()) >= 0, psutil.Process().num_threads() > 0)",
    "its kernel": "get_ipython().kernel.do_shutdown(True)\nprint(hasattr(get_ipython(), 'kernel'))",
    "a comm of its kernel": "print(get_ipython().kernel.comm_manager.register_target('x', print))",
}


def test_what_notebooks_ask_of_a_kernel_is_there(grader):
    said = printed(grader, *AS_IN_A_KERNEL.values())
    assert dict(zip(AS_IN_A_KERNEL, said, strict=True)) == {
        "streams": "UTF-8 strict False stdout\n",
        "streams of programs": "0\n",
        "traces of crashes": "True\n",
        "its own memory": "True True\n",
        "its own time": "True True\n",
        "its kernel": "True\n",
        "a comm of its kernel": "None\n",
    }


WINDOWS = [
    "TkAgg",
    "QtAgg",
    "qt5agg",
    "WebAgg",
    "nbAgg",
    "notebook",
    "widget",
    "ipympl",
    "module://ipympl.backend_nbagg",
]
CHOICES = ["matplotlib.use({!r})", "matplotlib.use(backend={!r}, force=True)", "plt.switch_backend({!r})"]


@pytest.mark.parametrize("window", WINDOWS)
def test_figures_that_are_to_have_a_window_are_drawn_in_the_notebook(grader, window):
    cells = ["import matplotlib\nimport matplotlib.pyplot as plt"]
    cells += [f"{choice.format(window)}\nplt.plot([1, 2])\nplt.show()" for choice in CHOICES]
    cells += ["matplotlib.use('Agg')\nprint(matplotlib.get_backend())"]
    transcript = grader.grade([GradedCell(str(number), "free", cell) for number, cell in enumerate(cells)], {}, {})
    *drawn, paper = transcript.outputs[1:]
    assert [[sorted(output["data"]) for output in outputs] for outputs in drawn] == [[["image/png", "text/plain"]]] * 3
    assert paper == [stream_output("Agg\n")]


SPIN = """
import time
ends = time.process_time() + 0.6
while time.process_time() < ends:
    pass
"""


def test_on_a_busy_machine_everyone_gets_what_they_get_alone(grader, monkeypatch):
    """More submissions than cores, four busy processes a core beside them, and limits that the clock would exceed."""
    names = NAMES if helpers.FULL else [LIGHT]
    students = [(name, one) for name in names for one in everyone(COURSE, ASSIGNMENTS[name]) if one.answers]
    some = students if helpers.FULL else students[:: max(1, len(students) // (2 * os.cpu_count()))]
    cells = [(name, cells_to_grade(name, one.answers)) for name, one in some]
    jobs = 3 * os.cpu_count()
    with busy_machine(), ThreadPoolExecutor(jobs) as pool:
        with monkeypatch.context() as patch:
            limited(grader, patch, cell_seconds=1.2, idle_seconds=1.2)
            spinning = [pool.submit(printed, grader, SPIN, SPIN, AFTER) for _ in range(jobs)]
            assert [run.result() for run in spinning] == [["", "", "here\n"]] * jobs
        failed = list(pool.map(lambda one: failures_among(grader, *one), cells))
    wrong = [
        (name, one.name, found)
        for (name, one), found in zip(some, failed, strict=True)
        if not one.expects({test for test, lost in found.items() if lost}, found, trained=False)
    ]
    assert wrong == []


# --- a killed run -----------------------------------------------------------------------------------------------------


def grades_of(course: GradedCourse) -> list[tuple]:
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return sorted(
            connection.execute(
                "SELECT student.id, base_cell.name, grade.auto_score, grade.manual_score FROM grade "
                "JOIN base_cell ON base_cell.id = grade.cell_id "
                "JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id "
                "JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id "
                "JOIN student ON student.id = submitted_assignment.student_id"
            ).fetchall()
        )


def notebooks_of(course: GradedCourse) -> dict[str, str]:
    return {str(path.parent): path.read_text() for path in course.root.glob("autograded/*/*/*.ipynb")}


def course_grade(course: GradedCourse, seconds: float | None = None) -> None:
    """Runs ``course grade``; kills it, with everything it has started, after some seconds if that is asked."""
    process = subprocess.Popen(
        [BIN / "course", "grade", LIGHT], cwd=course.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def some_students(count: int) -> list[tuple[str, dict[str, str]]]:
    students = everyone(COURSE, ASSIGNMENTS[LIGHT])
    return [(f"student-{number:02d}", students[number % len(students)].answers) for number in range(count)]


@pytest.mark.turns(7)
def test_killing_a_run_at_any_time_loses_nothing(tmp_path_factory, pytestconfig):
    """The gradebook of a run that is killed again and again is that of a run by nbgrader alone."""
    many, kills = (50, 10) if pytestconfig.getoption("full") else (6, 2)
    killed, serial = (make_course(tmp_path_factory.mktemp(kind), ASSIGNMENTS[LIGHT]) for kind in ("killed", "serial"))
    for student, answers in some_students(many):
        for course in (killed, serial):
            hand_in(course, student, answers)
    rng = np.random.default_rng(5)
    for _ in range(kills):
        course_grade(killed, rng.uniform(4, 14))
    course_grade(killed)
    must(serial.root, "nbgrader", "autograde", LIGHT)
    assert len(grades_of(serial)) > 0
    assert grades_of(killed) == grades_of(serial)
    texts = [
        {key.removeprefix(str(course.root)): text for key, text in notebooks_of(course).items()}
        for course in (killed, serial)
    ]
    assert texts[0] == texts[1]
    for course in (killed, serial):  # how long each took is beside the notebooks
        times = recorded_seconds(course.root / "autograded" / SECONDS)
        assert times.keys() == {(student, LIGHT) for student, _ in some_students(many)}
        assert all(seconds > 0 for seconds in times.values())
